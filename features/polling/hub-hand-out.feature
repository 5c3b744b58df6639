@hub @needs:control
Feature: A poll hands out the caller's own work, oldest first, in batches

  @HUB-TASK-02
  Scenario: Fifty-three tasks come as fifty and three, oldest first
    Given the trust "Alpha" is registered
    And 53 tasks are queued for "Alpha"
    When "Alpha" polls
    Then the poll brings tasks 1 to 50 in the order of their queueing
    When "Alpha" polls
    Then the poll brings tasks 51 to 53 in the order of their queueing
    When "Alpha" polls
    Then the poll brings no task

  @HUB-TASK-02
  Scenario: A poll brings nothing of another trust
    Given the trusts "Alpha" and "Beta" are registered
    And 2 tasks are queued for "Beta"
    And 2 tasks are queued for "Alpha"
    When "Alpha" polls
    Then the poll brings only tasks of "Alpha"
    And the poll brings tasks 1 to 2 in the order of their queueing

  @HUB-TASK-02
  Scenario: A cancelled task is never handed out
    Given an edition with tasks that can be cancelled
    And the trust "Alpha" is registered
    And 2 tasks are queued for "Alpha"
    And the task is cancelled
    When "Alpha" polls
    Then the poll does not bring the task
    And the poll brings tasks 2 to 2 in the order of their queueing

  @HUB-TASK-01
  Scenario: The reply to a poll tells the trust who it is
    Given the trusts "Alpha" and "Beta" are registered
    And 1 task is queued for "Beta"
    When "Beta" polls
    Then the poll brings the task
    And the reply carries the identity of "Beta"

  @HUB-TASK-01
  Scenario: The reply to an empty poll tells the trust who it is
    Given the trust "Alpha" is registered
    When "Alpha" polls
    Then the poll brings no task
    And the reply carries the identity of "Alpha"

  @HUB-TASK-05
  Scenario Outline: Polls made at once deliver each task once (round <round>)
    Given the trust "Alpha" is registered
    And 30 tasks are queued for "Alpha"
    When "Alpha" sends 6 polls at once
    Then every queued task was delivered exactly once

    # A race shows itself now and then: one round that goes well proves little.
    Examples:
      | round |
      | 1     |
      | 2     |
      | 3     |
      | 4     |
      | 5     |
