@trust
Feature: The trust keeps its loop

  A trust asks its hub for work at a steady pace: one heartbeat, one poll, the work, a pause. A hub
  plans its capacity and its idea of who is Online by that.

  @TRUST-POLL-01 @needs:restart
  Scenario Outline: Heartbeat, poll, and a pause of <secs> s
    Given a registered trust
    And the variable POLL_INTERVAL_SECONDS is "<secs>"
    When the trust is running
    And 10 cycles pass
    Then every cycle is one heartbeat followed by one poll
    And every cycle starts no earlier than the interval after the one before

    Examples:
      | secs |
      | 1    |
      | 3    |

  @TRUST-POLL-01
  Scenario: The pause is kept after work as well
    Given the trust is running
    When these tasks are queued
      | label | type                |
      | one   | update_user_profile |
      | two   | create_imaging      |
    Then all queued tasks are reported
    And 2 cycles pass
    And every cycle starts no earlier than the interval after the one before

  @TRUST-POLL-06 @slow @waits:90
  Scenario: A trust that works for 90 s stays Online
    Given the trust is running
    And the site answers a cohort query only after 90 s
    When a "cohort_query" task is queued
    Then heartbeats went on while the task ran
