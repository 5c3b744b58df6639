@trust
Feature: Changing the payload key a trust has of its own

  Where each trust has a payload key beside the platform's, the hub holds the other half of it. A hub
  that lacks that half says nothing: its work goes out under the platform's key and is done, and what
  comes back under the trust's own key is lost.

  Background:
    Given an edition with a payload key for each trust

  @TRUST-TASK-08 @ROT-AES-01 @needs:restart
  Scenario: At a hub that lacks its half work is done, and what it sends back nobody can read
    Given the trust is running
    When the trust is registered anew and nobody brings the hub the trust's half
    And the trust takes over the whole new kit
    And the trust starts again
    And a task that sends back a sealed value is queued as "blind"
    Then the value in the result of the task "blind" can be read by nobody at the hub
    And the trust is Online
    When somebody brings the hub the trust's half
    And a task that sends back a sealed value is queued as "seen"
    Then the value in the result of the task "seen" can be read by the hub

  @ROT-AES-01 @needs:restart
  Scenario: A new half at the hub alone fails the work of this trust for good
    Given the trust is running
    When the hub's half of the trust's own payload key is replaced
    And 3 "update_user_profile" tasks are queued
    Then each of these tasks is reported as failed
    And no local call was made
    And the trust stays Online
    When the trust takes over the hub's payload key
    And the trust starts again
    And a "update_user_profile" task "later" is queued
    Then the task "later" is reported as a success
    And of 4 tasks 3 are lost for good

  @ROT-AES-01 @TRUST-TASK-08 @needs:restart
  Scenario: In the safe order no work is lost and every value can be read
    Given the trust is running
    And 3 "update_user_profile" tasks are queued
    And the queue is drained
    When the hub's half of the trust's own payload key is replaced
    And the trust takes over the hub's payload key
    And the trust starts again
    And a task that sends back a sealed value is queued
    And a "update_user_profile" task "later" is queued
    Then the value in the result of the task can be read by the hub
    And no task was lost: all 5 were done, each once
