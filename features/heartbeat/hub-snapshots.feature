@hub
Feature: Health snapshots are checked before anything is recorded

  Background:
    Given the trust "Alpha" is registered

  @HUB-HB-01
  Scenario Outline: A heartbeat with <body> is recorded
    Given an edition with health snapshots
    When "Alpha" sends a heartbeat with <body>
    Then the reply is 200
    And the hub has seen "Alpha" at its own present time

    Examples:
      | body                |
      | the JSON value null |
      | a health snapshot   |

  @HUB-HB-02
  Scenario Outline: A snapshot with <content> is within the limits
    When "Alpha" sends a heartbeat with <content>
    Then the reply is 200

    Examples:
      | content                           |
      | 16 services                       |
      | a service name of 32 characters   |
      | a version of 64 characters        |
      | a response time of 0 ms           |
      | a response time of 1000000 ms     |
      | neither version nor response time |

  @HUB-HB-02
  Scenario Outline: A snapshot with <content> is refused and records nothing
    When "Alpha" sends a heartbeat with <content>
    Then the reply is a 422 that names "<place>"
    And the hub has never seen "Alpha"
    When "Alpha" sends a heartbeat with a health snapshot
    Then the reply is 200

    Examples:
      | content                          | place                            |
      | no member services               | services                         |
      | no service                       | services                         |
      | 17 services                      | services                         |
      | a service name in capitals       | services.XNAT.[key]              |
      | a service without a state        | services.trust-api.status        |
      | an unknown state                 | services.trust-api.status        |
      | a version of 65 characters       | services.trust-api.version       |
      | a response time below zero       | services.trust-api.response_ms   |
      | a response time above 1000000 ms | services.trust-api.response_ms   |

  @HUB-HB-02
  Scenario Outline: A heartbeat with <content> is refused and records nothing
    When "Alpha" sends a heartbeat with <content>
    Then the reply is 422
    And the hub has never seen "Alpha"
    When "Alpha" sends a heartbeat with a health snapshot
    Then the reply is 200

    Examples:
      | content                         |
      | a service name of 33 characters |
      | a list instead of an object     |

  @HUB-HB-03
  Scenario: Members nobody knows are ignored
    When "Alpha" sends a heartbeat with members nobody knows
    Then the reply is 200
    And the hub has seen "Alpha" at its own present time

  @HUB-HB-03
  Scenario Outline: The sender's date, <date>, does not decide when it was seen
    When "Alpha" sends a heartbeat with <date>
    Then the reply is 200
    And the hub has seen "Alpha" at its own present time
    And the hub lists "Alpha" as Online

    Examples:
      | date                |
      | a date of last year |
      | a date of next year |
