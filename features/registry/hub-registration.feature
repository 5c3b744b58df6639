@hub @needs:control
Feature: Registering a trust hands out an identity, a slot and two keys

  @HUB-REG-01
  Scenario: A registration hands out an id, a slot with its number and two different keys
    When an admin registers "Alpha"
    Then the reply is a whole registration

  @HUB-REG-01
  Scenario: No two of a hundred registrations share an id, a slot or a key
    Given a hub with 100 slots
    When an admin registers 100 different trusts
    Then every one of these replies is 201
    And all these registrations are distinct

  @HUB-REG-03
  Scenario: A new key opens the very next request
    Given an admin has registered "Alpha"
    When "Alpha" sends a heartbeat
    Then the reply is 200

  @HUB-REG-04
  Scenario: A deleted trust's key is refused on the very next request
    Given an admin has registered "Alpha"
    And "Alpha" has sent a heartbeat
    When "Alpha" is deleted
    Then the key of "Alpha" is refused

  @HUB-REG-06
  Scenario Outline: A registration with <fault> is refused
    Given the hub's trusts are noted
    When an admin sends the registration <body>
    Then the reply is 400 with the detail "<detail>"
    And the hub has the same trusts as before

    Examples:
      | fault          | body                             | detail                  |
      | an empty name  | {"name": "", "code": "DEL"}      | Trust name is required. |
      | a name of blanks | {"name": "  ", "code": "DEL"}  | Trust name is required. |
      | a code of blanks | {"name": "Delta", "code": "  "} | Trust code is required. |

  @HUB-REG-06
  Scenario Outline: A registration with <fault> is invalid
    Given the hub's trusts are noted
    When an admin sends the registration <body>
    Then the reply is a 422 that names "body.code"
    And the hub has the same trusts as before

    Examples:
      | fault         | body                          |
      | no code       | {"name": "Delta"}             |
      | an empty code | {"name": "Delta", "code": ""} |

  @HUB-REG-06
  Scenario: Blanks around name and code are dropped
    When an admin sends the registration {"name": "  Delta Hospital ", "code": " DEL ", "region": " North "}
    Then the reply is 201
    And the registration has the name "Delta Hospital" and the code "DEL"

  @HUB-REG-11
  Scenario Outline: A registration with <proof> is refused and leaves nothing behind
    Given the trust "Alpha" is registered
    And the hub's trusts are noted
    When a registration is sent with <proof>
    Then the reply is <status> with the detail "<detail>"
    And the hub has the same trusts as before
    And the right key opens the same call

    Examples:
      | proof                          | status | detail                                       |
      | no token                       | 401    | Not authenticated                            |
      | a garbled token                | 401    | Could not validate credentials               |
      | a foreign token                | 401    | Could not validate credentials               |
      | an expired token               | 401    | Token has expired                            |
      | a token without second factor  | 403    | MFA enrolment required                       |
      | a researcher's token           | 403    | Admin permission required to create trusts.  |
      | the trust's key                | 401    | Not authenticated                            |

  @HUB-REG-11
  Scenario: Without a token not even a whole registration is taken
    Given the trust "Alpha" is registered
    And the hub's trusts are noted
    When a whole registration of "Beta" is sent by nobody
    Then the reply is 401 with the detail "Not authenticated"
    And the reply names the scheme "Bearer"
    And the hub has the same trusts as before
    When a whole registration of "Beta" is sent by a researcher
    Then the reply is 403 with the detail "Admin permission required to create trusts."
    And the hub has the same trusts as before
