@trust
Feature: The trust takes the site's way out, and keeps the site's own calls inside

  Where the only way out is a proxy, a host has HTTP_PROXY, HTTPS_PROXY and NO_PROXY set. Calls to the hub must go through
  it; calls to the site's own services carry the site key, and NO_PROXY keeps them inside.

  Background:
    Given a registered trust
    And a proxy that records stands on the site's way out
    And NO_PROXY names the site's own services

  @TRUST-PROXY-01 @TRUST-SVC-02 @needs:restart @needs:loopback
  Scenario: A hub that only the proxy knows is reached, and local calls stay inside
    Given only the proxy knows the hub's name
    When the trust starts
    Then the proxy has carried the hub's calls
    When the trust is running
    And a "update_user_profile" task is queued
    Then [TRUST-SVC-02] no call to a site service has reached the proxy
    And the task is reported as a success
    And [TRUST-SVC-02] no call to a site service has reached the proxy

  @TRUST-PROXY-01 @needs:restart @needs:loopback
  Scenario Outline: A proxy that <does> costs the cycles it does so, and no more
    Given only the proxy knows the hub's name
    And the trust is running
    When the proxy <does> for three cycles
    Then the trust is still running
    When the proxy carries calls again
    And a "update_user_profile" task is queued
    Then the task is reported as a success

    Examples:
      | does                           |
      | asks for a login               |
      | refuses every call             |
      | answers every call with a page |
