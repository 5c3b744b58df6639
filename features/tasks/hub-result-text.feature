@hub @needs:control
Feature: A result is text that can be stored, or it is refused and the task stays in progress

  Background:
    Given the trust "Alpha" is registered
    And a task was handed to "Alpha"

  @HUB-TASK-10
  Scenario Outline: A report with <content> is refused
    When "Alpha" reports the task with <content>
    Then the reply is a 422 of type "<kind>" at "body.result"
    And the task is IN_PROGRESS
    When "Alpha" reports the task as a success
    Then the report is taken

    Examples:
      | content                          | kind            |
      | an object as result              | string_type     |
      | a number as result               | string_type     |
      | a result of 10000001 characters  | string_too_long |

  @HUB-TASK-10
  Scenario: A result of exactly ten million characters is taken
    When "Alpha" reports the task with a result of 10000000 characters
    Then the report is taken
    And the task is COMPLETED

  @HUB-TASK-10
  Scenario: A report with members nobody knows is taken
    When "Alpha" reports the task with members nobody knows
    Then the report is taken
    And the task is COMPLETED

  @HUB-TASK-10
  Scenario: A result with U+0000 is refused as invalid
    When "Alpha" reports the task with U+0000 in the result
    Then the reply is a 4xx
    And the task is IN_PROGRESS
    When "Alpha" reports the task as a success
    Then the report is taken

  @HUB-TASK-10
  Scenario: A result with a lone surrogate is refused as invalid
    When "Alpha" reports the task with a lone surrogate in the result
    Then the reply is a 4xx
    And the task is IN_PROGRESS
    When "Alpha" reports the task as a success
    Then the report is taken
