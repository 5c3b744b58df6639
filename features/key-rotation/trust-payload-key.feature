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
  Scenario: Of the work that is queued at the wrong moment all is lost for good
    Given the trust is running
    And a "update_user_profile" task "before" is queued
    And the queue is drained
    When the hub's payload key is replaced
    And 3 "update_user_profile" tasks are queued
    And the queue is drained
    And the trust takes over the hub's payload key
    And the trust starts again
    And a "update_user_profile" task "after" is queued
    Then the task "after" is reported as a success
    And of 5 tasks 3 are lost for good
    And the trust is Online

  @ROT-AES-01 @needs:restart
  Scenario: In the safe order no work is lost
    Given the trust is running
    And a task of each kind that needs "imaging-api" is queued
    And the queue is drained
    When the hub's payload key is replaced
    And the trust takes over the hub's payload key
    And the trust starts again
    And 3 "update_user_profile" tasks are queued
    And a "cohort_query" task "counts" is queued
    Then no task was lost: all were done, each once
    And the trust stays Online

  @ROT-AES-01 @needs:restart
  Scenario: A task that was queued before and handed out after the change is done
    Given a registered trust
    And 3 "update_user_profile" tasks are queued
    When the hub's payload key is replaced
    And the trust takes over the hub's payload key
    And the trust is running
    Then no task was lost: all 3 were done, each once

  @ROT-AES-01 @needs:restart
  Scenario: A kit that was only edited changes nothing until the containers are created anew
    Given the trust is running
    When the hub's payload key is replaced
    And the trust takes over the hub's payload key
    And a "update_user_profile" task "stale" is queued
    Then the task "stale" is reported as failed
    When the trust starts again
    And a "update_user_profile" task "later" is queued
    Then the task "later" is reported as a success
    And of 2 tasks 1 is lost for good

  @ROT-AES-01 @needs:restart @needs:fl-client
  Scenario: A training of the new key fails at a stale site when it fetches its data, and runs once the kit is right
    Given the trust is running
    And the FL client has joined
    When the hub's payload key is replaced
    And a training of 2 rounds reaches this site, its project sealed with the hub's present payload key
    Then the FL client raised before its first metric, naming the 400 of a site service
    When the trust takes over the hub's payload key
    And the trust starts again
    And the FL client has joined
    And a training of 2 rounds reaches this site, its project sealed with the hub's present payload key
    Then the FL client did its part
    And everything the run produced is stored once

  @ROT-AES-01 @TRUST-TASK-08 @needs:restart
  Scenario: Where trust-api alone was created anew, a success brings back what the hub cannot read
    Given the trust is running
    When the hub's payload key is replaced
    And trust-api alone takes over the hub's payload key
    And the trust starts again
    And a task that sends back a sealed value is queued as "half"
    Then the value in the result of the task "half" can be read by nobody at the hub
    When the trust takes over the hub's payload key
    And the trust starts again
    And a task that sends back a sealed value is queued as "whole"
    Then the value in the result of the task "whole" can be read by the hub

  @ROT-AES-01 @TRUST-HB-04 @needs:restart @needs:health
  Scenario: The difference shows before the first task is lost
    Given the trust is running
    When the hub's payload key is replaced
    Then the trust's /health shows hub_key_match as false
    And no task result is reported
    And the trust stays Online
