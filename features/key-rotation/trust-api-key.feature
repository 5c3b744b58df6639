@trust
Feature: Changing a trust's own key

  The only way is to delete the trust and register it again: the key and the id are new, so the kit
  must be taken over as a whole.

  @ROT-APIKEY-02 @needs:restart @needs:exit-code
  Scenario: The new key with the old identity stops the trust with code 2
    Given the trust is running
    When the hub rotates the trust's keys
    Then every call of the trust is refused with 401
    When the trust takes over the new key only
    And the trust starts again
    Then the trust exits with code 2 within 5 s
    And the log holds "Wrong kit deployed to this host? Exiting."
    And no task result is reported

  @ROT-APIKEY-02 @needs:restart @needs:exit-code
  Scenario: With the whole new kit the trust runs on
    Given the trust is running
    When the hub rotates the trust's keys
    And the trust takes over the whole new kit
    And the trust starts again
    And a "update_user_profile" task is queued
    Then the task is reported as a success
    And the trust is Online
    And the trust is still running

  @ROT-APIKEY-02 @needs:restart
  Scenario: A trust that is only restarted keeps its old key and stays refused
    Given the trust is running
    When the hub rotates the trust's keys
    And the trust starts again
    Then every call of the trust is refused with 401
    When the trust takes over the whole new kit
    And the trust starts again
    And a "update_user_profile" task is queued
    Then the task is reported as a success

  @ROT-APIKEY-02 @TRUST-RESULT-02 @needs:restart @slow @waits:110
  Scenario: In the wrong order the work under way and the work that waits are lost
    Given the trust is running
    And the site meets "img.users" with silence
    And 3 "update_user_profile" tasks are queued
    And a site service is holding a call
    When the hub rotates the trust's keys
    Then the report of "batch0" is attempted 3 times
    And the log holds "Failed to report result for task"
    When the site answers normally again
    And the trust takes over the whole new kit
    And the trust starts again
    And a "update_user_profile" task "later" is queued
    Then the task "later" is reported as a success
    And of 4 tasks 3 are lost for good

  @ROT-APIKEY-02 @needs:restart
  Scenario: In the safe order no work is lost
    Given the trust is running
    And 3 "update_user_profile" tasks are queued
    And the queue is drained
    When the hub rotates the trust's keys
    And the trust takes over the whole new kit
    And the trust starts again
    And a "update_user_profile" task "after0" is queued
    And a "update_user_profile" task "after1" is queued
    Then no task was lost: all 5 were done, each once
    And the trust is Online

  @ROT-APIKEY-02 @FL-CLIENT-02 @needs:restart @needs:fl-client
  Scenario: Where another trust got its slot meanwhile, the whole kit trains under the new one
    Given the trust is running
    And the FL client has joined
    When the trust's registration is rotated while another trust waits for a slot
    And the trust takes over the whole new kit
    And the trust starts again
    And the FL client has joined
    And a training of 2 rounds reaches this site
    Then [FL-CLIENT-02] the FL client did its part
    And everything the run produced is stored once
    And the trust is still running
