@hub
Feature: A hub opens its trust routes to keys it has issued, and to nothing else

  Background:
    Given the trust "Alpha" is registered

  @HUB-AUTH-01
  Scenario Outline: A <call> with <proof> is refused as keyless
    When a <call> is sent with <proof>
    Then the reply is 401 with the detail "Not authenticated: API key is missing."
    And the reply names the scheme "ApiKey"
    And the right key opens the same call

    Examples:
      | call          | proof        |
      | heartbeat     | no key       |
      | heartbeat     | an empty key |
      | poll          | no key       |
      | poll          | an empty key |
      | report        | no key       |
      | report        | an empty key |
      | cohort result | no key       |
      | cohort result | an empty key |

  @HUB-AUTH-02
  Scenario Outline: A <call> with an invented key is refused
    When a <call> is sent with a key never issued
    Then the reply is 401 with the detail "Invalid API Key."
    And the reply names the scheme "ApiKey"
    And the right key opens the same call

    Examples:
      | call          |
      | heartbeat     |
      | poll          |
      | report        |
      | cohort result |

  @HUB-AUTH-02 @needs:control
  Scenario: A deleted trust's key reads like one that was never issued
    Given "Alpha" has sent a heartbeat
    And "Alpha" is deleted
    When "Alpha" sends a heartbeat
    Then the reply is 401 with the detail "Invalid API Key."
    And the reply names the scheme "ApiKey"

  @HUB-AUTH-03
  Scenario Outline: A right key behind Bearer opens no <call>
    When a <call> is sent with the trust's key behind Bearer
    Then the reply is 401 with the detail "Invalid API Key."
    And the right key opens the same call

    Examples:
      | call          |
      | heartbeat     |
      | poll          |
      | report        |
      | cohort result |

  @HUB-AUTH-04
  Scenario Outline: The key's header is read <spelling>
    When a heartbeat is sent with the trust's key under the header <spelling>
    Then the reply is 200

    Examples:
      | spelling      |
      | in lower case |
      | in capitals   |

  @HUB-AUTH-04
  Scenario: A right key under another header counts as no key
    When a heartbeat is sent with the trust's key under another header
    Then the reply is 401 with the detail "Not authenticated: API key is missing."
    And the right key opens the same call

  @HUB-AUTH-04 @needs:control
  Scenario: A hub with another header configured reads that one and no longer the usual one
    Given the hub reads trust keys from the header "X-Trust-API-Key"
    When a heartbeat is sent with the trust's key under the header X-Trust-API-Key
    Then the reply is 200
    When a heartbeat is sent with the trust's key under the header Authorization
    Then the reply is 401 with the detail "Not authenticated: API key is missing."

  @HUB-AUTH-07
  Scenario Outline: A key of one trust is refused at the <call> path of another
    Given the trust "Beta" is registered
    When "Beta" sends a <call> at the path of "Alpha"
    Then the reply is 403 with the detail "Trust '{Beta.name}' is not authorised to act as '{Alpha.name}'"
    And the right key opens the same call

    Examples:
      | call      |
      | heartbeat |
      | poll      |
      | report    |
