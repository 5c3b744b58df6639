@trust
Feature: A site's compose file passes the kit on and keeps the node to itself

  The kit can be right and the node still wrong: a container gets only what its service names, stands
  where the file puts it, and comes back after a reboot only where the file says so.

  @NET-INBOUND-01 @needs:compose
  Scenario: No port of the host is published
    Given the site's compose file
    Then it keeps the promise "compose.ports"
    And it keeps the promise "compose.host-network"

  @HOST-PORTS-01 @needs:compose
  Scenario: No two services claim one port of the host
    Given the site's compose file
    Then it keeps the promise "compose.ports-distinct"

  @HOST-GUARD-01 @needs:compose
  Scenario: The identity and the values of the kit reach the containers
    Given the site's compose file
    Then it keeps the promise "compose.identity-guard"
    And it keeps the promise "compose.kit-values"

  @HOST-GUARD-01 @needs:compose
  Scenario: The node comes back after a reboot
    Given the site's compose file
    Then it keeps the promise "compose.restart"

  @FL-CLIENT-02 @needs:compose
  Scenario: The FL client holds nothing of the hub's and no power over the host
    Given the site's compose file
    Then it keeps the promise "compose.fl-client-keys"
    And it keeps the promise "compose.privileged"

  @HOST-GUARD-01 @needs:compose
  Scenario: Nothing beside the kit speaks into the file
    Given the site's compose file
    Then it keeps the promise "compose.kit-alone"

  @HOST-KIT-01 @needs:compose
  Scenario: The kit is of the environment it is named for
    Given the site's compose file
    Then it keeps the promise "compose.kit-environment"

  @HOST-GUARD-01 @needs:compose
  Scenario: A poller that hangs is noticed
    Given the site's compose file
    Then it keeps the promise "compose.health"

  @TRUST-SVC-02 @needs:compose
  Scenario: Calls inside the site reach the neighbour they are for
    Given the site's compose file
    Then it keeps the promise "compose.names"
    And it keeps the promise "compose.proxy"

  @TRUST-SVC-02 @needs:compose
  Scenario: Nobody reads the other containers' keys through Docker
    Given the site's compose file
    Then it keeps the promise "compose.docker-socket"

  @HOST-SWARM-01 @needs:compose
  Scenario: The stack stands on the network of its slot
    Given the site's compose file
    Then it keeps the promise "compose.slot-network"

  @HOST-IMAGE-01 @needs:compose
  Scenario: Images come from the kit's registry at tags that stay
    Given the site's compose file
    Then it keeps the promise "compose.registry"
    And it keeps the promise "compose.pinned"

  @HOST-PASS-01 @needs:compose
  Scenario: No password is written into the file
    Given the site's compose file
    Then it keeps the promise "compose.passwords"

  @KIT-FLOW-01 @needs:compose @needs:restart
  Scenario: The stack comes up from a fresh kit, and its trust is Online and polling
    Given a registered trust
    When the trust starts
    Then the first contact with the hub is made within 60 s
    And the trust is running
    And 3 cycles pass
    And the trust is Online

  @HOST-GUARD-01 @needs:compose @needs:exit-code @needs:restart
  Scenario: A kit of another trust stops the deployed container with code 2
    Given a registered trust
    And the trust expects the identity of another trust
    When the trust starts
    Then the trust exits with code 2 within 10 s
    And the log holds "Wrong kit deployed to this host? Exiting."
