@trust
Feature: Each key goes to its own side only

  The trust key proves the trust to the hub, the site key proves the trust to its own site services.
  Whoever sees the wrong one could pose as the trust, or read the site's data.

  @TRUST-SVC-02
  Scenario: Neither side sees the other side's key while work is done
    Given the trust is running
    And a task of each kind is queued
    When each of these tasks is reported as a success
    Then the trust key was shown to the hub only, and in its own header only
    And the site key was shown to the site services only

  @TRUST-SVC-02
  Scenario: Neither side sees the other side's key while work fails
    Given the trust is running
    And a "update_user_profile" task "one" is queued
    And a "cohort_query" task "two" is queued
    And the site's fault "status" is armed on "da.cohort" with {"code": 500}
    When all queued tasks are reported
    Then the trust key was shown to the hub only, and in its own header only
    And the site key was shown to the site services only

  @TRUST-SVC-02 @needs:restart
  Scenario: The trust key travels in the header the kit names
    Given a registered trust
    And hub and trust use the header "X-Trust-API-Key" for the trust's key
    And a "update_user_profile" task is queued
    When the trust is running
    Then the task is reported as a success
    And the trust key was shown to the hub only, and in its own header only
