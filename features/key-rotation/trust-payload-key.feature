@trust
Feature: Changing the payload key

  One key seals the work of every trust, and a task is used up when it is handed out. Whoever rotates
  while work is on its way loses it; whoever drains first loses none.

  @ROT-AES-01 @needs:restart
  Scenario: A stale trust runs nothing, reports each task as failed and stays Online
    Given the trust is running
    When the hub's payload key is replaced
    And 5 "update_user_profile" tasks are queued
    Then each of these tasks is reported as failed
    And no local call was made
    And the trust stays Online
    When 3 cycles pass
    Then the trust stays Online

  @ROT-AES-01 @needs:restart
  Scenario: In the wrong order the work is lost, and the new kit does not bring it back
    Given the trust is running
    When the hub's payload key is replaced
    And 3 "update_user_profile" tasks are queued
    Then each of these tasks is reported as failed
    When the trust takes over the hub's payload key
    And the trust starts again
    And 3 cycles pass
    Then each of these tasks is reported as failed
    When a "update_user_profile" task "later" is queued
    Then the task "later" is reported as a success

  @ROT-AES-01 @needs:restart
  Scenario: In the safe order no work is lost
    Given the trust is running
    And 3 "update_user_profile" tasks are queued
    And each of these tasks is reported as a success
    When the hub's payload key is replaced
    And the trust takes over the hub's payload key
    And the trust starts again
    And 3 "update_user_profile" tasks are queued
    Then each of these tasks is reported as a success

  @ROT-AES-01 @TRUST-HB-04 @needs:restart @needs:health
  Scenario: The difference shows before the first task is lost
    Given the trust is running
    When the hub's payload key is replaced
    Then the trust's /health shows hub_key_match as false
    And no task result is reported
    And the trust stays Online
