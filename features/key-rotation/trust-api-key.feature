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
