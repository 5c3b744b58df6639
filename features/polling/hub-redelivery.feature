@hub @needs:control
Feature: Work without a report comes back, four times at most

  Background:
    Given the trust "Alpha" is registered
    And the hub's clock stands still

  @HUB-TASK-03
  Scenario: A task that was handed out is not handed out again by the next polls
    Given a task was handed to "Alpha"
    When "Alpha" sends 3 polls
    Then the poll brings no task

  @HUB-TASK-03
  Scenario: A task without report is not handed out again within half an hour
    Given a task was handed to "Alpha"
    When 29 minutes pass at the hub
    And the hub's recovery job runs
    And "Alpha" polls
    Then the poll does not bring the task

  @HUB-TASK-03
  Scenario: A task without report is handed out again once it is stale
    Given a task was handed to "Alpha"
    When 31 minutes pass at the hub
    And the hub's recovery job runs
    And "Alpha" polls
    Then the poll brings the task

  @HUB-TASK-03
  Scenario: The hub looks for stale work by itself
    Given a task was handed to "Alpha"
    When 41 minutes pass at the hub
    And "Alpha" polls
    Then the poll brings the task

  @HUB-TASK-03
  Scenario: A reported task never comes back
    Given a task was handed to "Alpha"
    And "Alpha" has reported the task as a success
    When 41 minutes pass at the hub
    And "Alpha" polls
    Then the poll brings no task

  @HUB-TASK-04
  Scenario: After the fourth delivery without report a task is given up
    Given 1 task is queued for "Alpha"
    When "Alpha" gets the task and never reports it, 4 times
    Then the task is FAILED
    And the task holds the result "{"error": "Exceeded maximum retries (3)"}"
    When "Alpha" polls
    Then the poll brings no task

  @HUB-TASK-04
  Scenario: After the third delivery without report a task still comes once more
    Given 1 task is queued for "Alpha"
    When "Alpha" gets the task and never reports it, 3 times
    Then the task is PENDING
    When "Alpha" polls
    Then the poll brings the task
