@trust
Feature: The trust's output gives nothing away

  Log files leave the hospital: into monitoring, into tickets. Keys, queries and patients' data must
  not travel with them.

  @TRUST-LOG-01
  Scenario: Work of every kind leaves no key, no query and no payload in the output
    Given the trust is running
    And a task of each kind is queued
    When each of these tasks is reported as a success
    Then the output is at least 5 lines long
    And the output shows no planted secret

  @TRUST-LOG-01
  Scenario: Work that fails leaves no query in the output either
    Given the trust is running
    And the site's fault "status" is armed on "da.cohort" with {"code": 500}
    And a "cohort_query" task "refused" is queued
    And a "cohort_query" task "garbled" is delivered as the text "bm8gZW52ZWxvcGUgYXQgYWxs"
    When all queued tasks are reported
    Then the output is at least 5 lines long
    And the output shows no planted secret

  @TRUST-LOG-01
  Scenario Outline: A <type> payload that is refused for its form is not quoted in the output
    Given the trust is running
    When a "<type>" task is queued with a query and nothing else
    Then the task is reported as failed
    And the output is at least 5 lines long
    And the output shows no planted secret

    Examples:
      | type           |
      | cohort_query   |
      | create_imaging |

  @TRUST-LOG-02 @needs:restart @needs:logs
  Scenario: At DEBUG the output holds no key, no query and no e-mail address
    Given a registered trust
    And the variable LOG_LEVEL is "DEBUG"
    And a planted e-mail address is watched for in the output
    And a task of each kind is queued
    When the trust is running
    And each of these tasks is reported as a success
    Then the output is at least 5 lines long
    And the output shows no planted secret

  @TRUST-LOG-02 @needs:restart @needs:logs
  Scenario: At INFO the output holds no e-mail address
    Given a registered trust
    And a planted e-mail address is watched for in the output
    And a task of each kind is queued
    When the trust is running
    And each of these tasks is reported as a success
    Then the output is at least 5 lines long
    And the output shows no planted secret

  @TRUST-LOG-03
  Scenario: Each accepted poll of an idle trust leaves a line
    Given the trust is running
    When 10 cycles pass
    Then each accepted poll left a line with method, path and status
