@trust
Feature: A trust starts from its kit

  What the kit lacks stops the trust before it says a word; what the site lacks does not. An operator
  then looks for the first polls in the log.

  @TRUST-BOOT-01 @needs:exit-code @needs:restart
  Scenario Outline: Without <variable> the trust exits with code 1 and sends nothing
    Given a registered trust
    And the variable <variable> is missing
    When the trust starts
    Then the trust exits with code 1 within 10 s
    And the hub saw no request at all
    When the trust has its whole environment again
    And the trust starts again
    And 1 cycle passes
    Then the trust is still running

    Examples:
      | variable             |
      | CENTRAL_HUB_API_URL  |
      | TRUST_API_KEY        |
      | TRUST_API_KEY_HEADER |
      | AES_KEY_BASE64       |

  @TRUST-BOOT-01 @needs:exit-code @needs:restart
  Scenario Outline: With an empty <variable> the trust exits with code 1 and sends nothing
    Given a registered trust
    And the variable <variable> is ""
    When the trust starts
    Then the trust exits with code 1 within 10 s
    And the hub saw no request at all
    When the trust has its whole environment again
    And the trust starts again
    And 1 cycle passes
    Then the trust is still running

    Examples:
      | variable             |
      | CENTRAL_HUB_API_URL  |
      | TRUST_API_KEY        |
      | TRUST_API_KEY_HEADER |
      | AES_KEY_BASE64       |

  @TRUST-BOOT-02 @needs:restart
  Scenario: The first heartbeat waits for no site service that is down
    Given a registered trust
    And the site's "data-access-api" goes down
    And the site's "imaging-api" goes down
    And the site's "xnat" goes down
    And the site's "omop" goes down
    When the trust starts
    Then the first contact with the hub is made within 10 s

  @TRUST-BOOT-02 @needs:restart
  Scenario: The first heartbeat waits for no site service that is silent
    Given a registered trust
    And the site's fault "hang" is armed
    When the trust starts
    Then the first contact with the hub is made within 10 s

  @TRUST-BOOT-03 @needs:exit-code @needs:restart
  Scenario Outline: A payload key that is <what> stops the start with code 1
    Given a registered trust
    And the variable AES_KEY_BASE64 is "<key>"
    When the trust starts
    Then the trust exits with code 1 within 10 s

    Examples:
      | what               | key                                          |
      | 16 bytes long      | MDEyMzQ1Njc4OWFiY2RlZg==                     |
      | no base64 at all   | this is no key of any kind, only plain words |

  @TRUST-BOOT-04 @needs:signals
  Scenario: SIGTERM ends an idle trust
    Given the trust is running
    When the trust receives SIGTERM
    Then the trust ends within 10 s

  @TRUST-BOOT-04 @needs:signals @needs:restart
  Scenario: SIGTERM ends a trust in mid-task
    Given a registered trust
    And the variable COHORT_QUERY_TIMEOUT_SECONDS is "3000"
    And the site's fault "hang" is armed on "da.cohort"
    And a "cohort_query" task is queued
    When the trust is running
    And a site service is holding a call
    And the trust receives SIGTERM
    Then the trust ends within 10 s

  @TRUST-LOG-03 @TRUST-POLL-01
  Scenario: A fresh trust is Online, polls, and says so in the words its operator looks for
    Given the trust is running
    When 3 cycles pass
    Then the trust is Online
    And each accepted poll left a line with method, path and status
