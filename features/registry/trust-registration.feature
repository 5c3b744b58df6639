@trust
Feature: A trust follows the hub's registry

  The hub reads its registry on every request: a trust is in from its next call after registration,
  and out from its next call after deletion.

  @HUB-REG-03 @TRUST-LOG-03 @needs:restart
  Scenario: A newly registered trust is in with its first call, without any restart of the hub
    Given a registered trust
    When the trust starts
    Then the first contact with the hub is made within 10 s
    And the trust is Online
    And each accepted poll left a line with method, path and status

  @TRUST-ROBUST-03 @HUB-REG-04 @needs:restart
  Scenario: A deleted trust is refused, stays alive and goes Offline
    Given the trust is running
    And the trust is Online
    When the trust is deleted at the hub
    Then every call of the trust is refused with 401
    And the log tells of the refused heartbeat, where the edition does
    And the trust is still running
    And the trust goes Offline

  @ROT-APIKEY-02 @needs:restart @needs:exit-code
  Scenario: A trust that was registered again works with its new kit
    Given the trust is running
    When the trust is deleted at the hub
    And the trust is registered again
    Then every call of the trust is refused with 401
    When the trust takes over the whole new kit
    And the trust starts again
    And 3 cycles pass
    Then the trust is still running
    And the trust is Online
