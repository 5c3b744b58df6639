@trust
Feature: A trust calls out to two places and is called by nobody

  A hospital's firewall lets the node reach the hub and the FL endpoint. Anything else it would need
  stops working there; anything it listens on is a door.

  @NET-EGRESS-01 @needs:process
  Scenario: In steady state only the hub and the FL endpoint are contacted
    Given a registered trust
    And a third host waits for somebody to call
    And the trust runs in a process of its own
    When the trust is running
    And a task of each kind is queued
    And its sockets are watched while 10 cycles pass
    Then it contacted nobody outside the site but the hub and the FL endpoint

  @NET-INBOUND-01 @needs:process
  Scenario: Nothing listens but /health, and the trust is Online all the same
    Given a registered trust
    And the trust runs in a process of its own
    When the trust is running
    And its sockets are watched while 10 cycles pass
    Then it listens on no port but that of /health
    And the trust is Online
