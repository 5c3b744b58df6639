@trust
Feature: The trust reports until the hub has taken the report, three times at most

  A report is the only thing the hub ever hears of a task. It is worth repeating, and it is not worth
  holding up all other work.

  @TRUST-RESULT-02
  Scenario Outline: A report that meets <fault> is repeated after 2 s and after 4 s, then given up
    Given the trust is running
    And the hub meets the next 3 reports with <fault>
    When a "update_user_profile" task "first" is queued
    And a "create_imaging" task "second" is queued
    Then the report of "first" is attempted 3 times, 2 s and 4 s apart
    And the task "second" is reported as a success
    And the log holds "Failed to report result for task"
    And the trust polls again

    Examples:
      | fault      |
      | status 500 |
      | status 503 |
      | status 429 |
      | status 400 |
      | status 204 |
      | a reset    |
      | garbage    |

  @TRUST-RESULT-02
  Scenario Outline: A report is taken at its <which> attempt
    Given the trust is running
    And the hub meets the next <refused> reports with status 500
    When a "update_user_profile" task is queued
    Then the task is reported as a success
    And the report of the task is attempted <attempts> times
    And exactly 1 call to "img.users" was made

    Examples:
      | which  | refused | attempts |
      | second | 1       | 2        |
      | third  | 2       | 3        |

  @TRUST-RESULT-03
  Scenario Outline: A report refused with <code> is not repeated
    Given the trust is running
    And the hub meets the next 1 reports with status <code>
    When a "update_user_profile" task "refused" is queued
    And a "create_imaging" task "next" is queued
    Then the task "next" is reported as a success
    And the report of "refused" is attempted once

    Examples:
      | code |
      | 403  |
      | 404  |
      | 409  |
