@hub @needs:control
Feature: What a trust decides on is for its own admin

  Background:
    Given the trusts "Alpha" and "Beta" are registered

  @HUB-AUTH-08
  Scenario: The admin of a trust sees what it decides on
    When the decisions of "Alpha" are asked for by its own admin
    Then the reply is 200

  @HUB-AUTH-08
  Scenario Outline: <who> does not
    When the decisions of "Alpha" are asked for by its own admin
    Then the reply is 200
    When the decisions of "Alpha" are asked for by <who>
    Then the reply is 403

    Examples:
      | who                    |
      | an admin of the hub    |
      | a researcher           |
      | the admin of "Beta"    |

  @HUB-AUTH-08
  Scenario: A trust nobody registered decides nothing
    When the decisions of a trust nobody registered are asked for by an admin of the hub
    Then the reply is 404
