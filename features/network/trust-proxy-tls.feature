@trust
Feature: The trust speaks TLS with its hub through the site's proxy

  A proxy carries TLS as a tunnel (CONNECT). It sees the hub's name and no key.

  @TRUST-PROXY-01 @needs:restart @needs:loopback
  Scenario: Calls to a hub that speaks TLS go through a tunnel
    Given a registered trust opposite a hub that speaks TLS
    And the trust is told of the hub's CA
    And a proxy that records stands on the site's way out
    When the trust starts
    Then the proxy has carried the hub's calls
    And 2 cycles pass
    And the trust is Online
