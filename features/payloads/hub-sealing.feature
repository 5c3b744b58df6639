@hub @needs:control
Feature: Payloads leave the hub sealed, for their task only, and open to what was queued

  Background:
    Given the trust "Alpha" is registered

  @HUB-ENC-01
  Scenario Outline: The payload of a <type> task opens to exactly what was queued
    Given a "<type>" task is queued for "Alpha"
    When "Alpha" polls
    Then the poll brings the task
    And the payload opens to exactly what was queued

    Examples:
      | type                |
      | cohort_query        |
      | create_imaging      |
      | delete_imaging      |
      | get_imaging_status  |
      | reimport_studies    |
      | update_user_profile |

  @HUB-ENC-01
  Scenario: After a change of the payload key new payloads open with the new one
    Given 1 task is queued for "Alpha"
    And the hub's payload key changes
    When "Alpha" polls
    Then the poll brings the task
    And the payload opens to exactly what was queued

  @HUB-ENC-02
  Scenario: A payload is an envelope of version 1 under the platform's key
    Given a "cohort_query" task is queued for "Alpha"
    When "Alpha" polls
    Then the payload is an envelope under the platform's key

  @HUB-ENC-02
  Scenario Outline: A payload sealed for one kind of task does not open for a <other> task
    Given a "cohort_query" task is queued for "Alpha"
    When "Alpha" polls
    Then the payload does not open for a "<other>" task

    Examples:
      | other               |
      | update_user_profile |
      | create_imaging      |

  @HUB-ENC-03
  Scenario: No iv is used twice in a thousand payloads of one text
    Given the hub limits nobody
    And 1000 tasks are queued for "Alpha"
    When "Alpha" sends 20 polls
    Then no two of 1000 payloads share an iv

  @HUB-TASK-11
  Scenario Outline: With a payload key of <length> bytes nothing is handed out and no task is lost
    Given 3 tasks are queued for "Alpha"
    And the hub's payload key has <length> bytes
    When "Alpha" polls
    Then the reply is a 5xx
    And no payload has left the hub
    And every queued task is PENDING
    Given the hub's payload key has 32 bytes
    When "Alpha" polls
    Then the poll brings tasks 1 to 3 in the order of their queueing

    Examples:
      | length |
      | 15     |
      | 31     |

  @HUB-ENC-01
  Scenario: Where the cipher takes a key of 16 bytes, payloads are sealed with it
    Given an edition with payloads under a key of 16 bytes
    And 1 task is queued for "Alpha"
    And the hub's payload key has 16 bytes
    When "Alpha" polls
    Then the poll brings the task
    And the payload opens to exactly what was queued
