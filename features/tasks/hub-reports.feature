@hub
Feature: A report is taken once, from the trust whose task it is, while the task is in progress

  Background:
    Given the trusts "Alpha" and "Beta" are registered

  @HUB-TASK-06 @needs:control
  Scenario Outline: A report of <first> is final, and a report of <second> changes nothing
    Given a task was handed to "Alpha"
    When "Alpha" reports the task as a <first> with the result "first words"
    Then the report is taken
    When "Alpha" reports the task as a <second> with the result "second words"
    Then the report is refused because the task is <state>
    And the task is <state>
    And the task holds the result "first words"

    Examples:
      | first   | second  | state     |
      | success | failure | COMPLETED |
      | success | success | COMPLETED |
      | failure | success | FAILED    |

  @HUB-TASK-01 @needs:control
  Scenario: The reply to a report tells the trust who it is
    Given a task was handed to "Beta"
    When "Beta" reports the task as a success
    Then the report is taken
    And the reply carries the identity of "Beta"

  @HUB-TASK-07
  Scenario: A report of a task nobody queued is refused
    When "Alpha" reports a task nobody queued
    Then the unknown task is named in the refusal

  @HUB-TASK-08 @needs:control
  Scenario: Another trust's task cannot be reported before it is handed out
    Given 1 task is queued for "Beta"
    When "Alpha" reports the task as a success
    Then the reply is 403 with the detail "Task {task} does not belong to trust '{Alpha.name}'"
    And the task is PENDING

  @HUB-TASK-08 @needs:control
  Scenario: Another trust's task cannot be reported while it is in progress
    Given a task was handed to "Beta"
    When "Alpha" reports the task as a success
    Then the reply is 403 with the detail "Task {task} does not belong to trust '{Alpha.name}'"
    And the task is IN_PROGRESS
    When "Beta" reports the task as a success
    Then the report is taken

  @HUB-TASK-08 @needs:control
  Scenario: Another trust's task cannot be reported after it was finished
    Given a task was handed to "Beta"
    And "Beta" has reported the task as a success with the result "done"
    When "Alpha" reports the task as a failure
    Then the reply is 403 with the detail "Task {task} does not belong to trust '{Alpha.name}'"
    And the task is COMPLETED
    And the task holds the result "done"

  @HUB-TASK-09 @needs:control
  Scenario: A task that was never handed out cannot be reported
    Given 1 task is queued for "Alpha"
    When "Alpha" reports the task as a success
    Then the report is refused because the task is PENDING
    And the task is PENDING

  @HUB-TASK-09 @needs:control
  Scenario: A late report is refused and the work is delivered again
    Given the hub's clock stands still
    And a task was handed to "Alpha"
    And 41 minutes pass at the hub
    When "Alpha" reports the task as a success
    Then the report is refused because the task is PENDING
    When "Alpha" polls
    Then the poll brings the task

  @HUB-TASK-09 @needs:control
  Scenario: A cancelled task cannot be reported
    Given an edition with tasks that can be cancelled
    And 1 task is queued for "Alpha"
    And the task is cancelled
    When "Alpha" reports the task as a success
    Then the report is refused because the task is CANCELLED
    And the task is CANCELLED

  @HUB-TASK-09 @needs:control
  Scenario: A task that was given up cannot be reported
    Given the hub's clock stands still
    And 1 task is queued for "Alpha"
    And "Alpha" gets the task and never reports it, 4 times
    When "Alpha" reports the task as a success
    Then the report is refused because the task is FAILED
    And the task is FAILED
