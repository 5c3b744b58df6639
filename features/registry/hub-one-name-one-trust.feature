@hub @needs:control
Feature: One name belongs to one trust

  @HUB-REG-05
  Scenario: A name that is taken is refused
    Given an admin has registered "Alpha"
    When an admin registers "Alpha" again
    Then the reply is 409 with the detail "A trust named 'Alpha Hospital' already exists."
    And exactly one trust has a name like "Alpha Hospital"

  @HUB-REG-05
  Scenario Outline: Of four admins who register one name at once, one succeeds (round <round>)
    When 4 admins register "Omega Hospital" at once
    Then exactly 1 of these replies is 201 and every other one is 409
    And exactly one trust has a name like "Omega Hospital"

    Examples:
      | round |
      | 1     |
      | 2     |
      | 3     |
      | 4     |
      | 5     |
      | 6     |
      | 7     |
      | 8     |
      | 9     |
      | 10    |

  @HUB-REG-05
  Scenario: A name in other letter case is no other name
    Given an admin has registered "Alpha"
    When an admin sends the registration {"name": "ALPHA HOSPITAL", "code": "OTHER"}
    Then the reply is 409
    And exactly one trust has a name like "Alpha Hospital"

  @HUB-REG-09
  Scenario: Registering a name again changes nothing for its holder
    Given an admin has registered "Alpha"
    And the hub's trusts are noted
    When an admin registers "Alpha" again
    Then the reply shows no key
    And the hub has the same trusts as before
    And the key of "Alpha" is accepted
