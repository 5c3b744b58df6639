@trust
Feature: The trust's own /health tells what is wrong

  /health is what a hospital's monitoring looks at. It must not read ok while the hub refuses the
  trust, while its loop is stuck, or while it cannot open any payload.

  @TRUST-HB-05 @needs:health @slow @waits:90
  Scenario: A hub that refuses shows in /health
    Given the trust is running
    And the trust's /health is ok
    When the hub answers "heartbeat" with 401
    And the hub answers "pending" with 401
    And 3 cycles pass
    Then the trust's /health is not ok

  @TRUST-HB-05 @needs:health @slow @waits:90
  Scenario: A loop that is stuck shows in /health
    Given the trust is running
    And the trust's /health is ok
    When the hub's "heartbeat" drips one byte every 5 s
    Then the trust's /health is not ok

  @TRUST-HB-05 @needs:health @needs:restart
  Scenario: A payload key that opens nothing shows in /health
    Given the trust is running
    And the trust's /health is ok
    When the variable AES_KEY_BASE64 is "MDEyMzQ1Njc4OWFiY2RlZg=="
    And the trust starts again
    Then after 3 cycles the trust's /health is not ok

  @TRUST-HB-04 @needs:health @needs:logs @needs:restart
  Scenario: A hub with another payload key shows in /health and is warned of once
    Given the trust is running
    And the trust's /health shows hub_key_match as true
    When the hub's payload key is replaced
    Then the trust's /health shows hub_key_match as false
    And the log holds "This trust's AES key differs from the hub's"
    When 5 cycles pass
    Then the log holds "This trust's AES key differs from the hub's" exactly once

  @TRUST-HB-04 @needs:health @needs:logs @needs:restart
  Scenario: A match in between is told and makes the next difference worth a warning again
    Given the trust is running
    And the hub's payload key is replaced
    And the trust's /health shows hub_key_match as false
    When the hub's payload key is the trust's own again
    Then the trust's /health shows hub_key_match as true
    When the hub's payload key is replaced
    Then the trust's /health shows hub_key_match as false
    And the log holds "This trust's AES key differs from the hub's" exactly 2 times
