@trust
Feature: What a trust's packets say of it

  Sockets of a process can be missed between two looks, packets cannot. The trust stands where a site's
  firewall would put it, and every packet of it is seen.

  @NET-EGRESS-01 @fresh @needs:packets
  Scenario: Packets lead to the hub and the FL endpoint only, and ask for no other name
    Given a registered trust
    And an observer shares the network of the trust
    And a canary stands on another network
    When the trust is running
    And a task of each kind is queued
    And its packets are watched while 10 cycles pass
    Then its packets lead to nobody but the hub, the FL endpoint and the site
    And its packets ask for no name but those it was given
    And nobody has tried the canary
    And the canary cannot be reached from the trust's place

  @NET-EGRESS-01 @fresh @needs:packets @needs:fl-client
  Scenario: A training adds no destination
    Given a registered trust
    And an observer shares the network of the trust
    When the trust is running
    And the FL client has joined
    And the FL client trains 2 rounds on this site's data
    Then its packets lead to nobody but the hub, the FL endpoint and the site
    And its packets ask for no name but those it was given

  @NET-INBOUND-01 @fresh @needs:packets
  Scenario: Nothing is open to others but /health, and the trust is Online all the same
    Given a registered trust
    And an observer shares the network of the trust
    When the trust is running
    And its packets are watched while 10 cycles pass
    Then nothing of it is open to others but the port of /health
    And the trust is Online

  @NET-NLB-01 @fresh @needs:packets
  Scenario: An address that is not listed is met with silence, a listed one with an answer
    Given a registered trust
    And an observer shares the network of the trust
    And a second site has an observer of its own
    When the FL endpoint lets in the second site only
    Then a probe from the trust's place ends in a timeout, and admin or site-it acts
    And its packets show silence of the FL endpoint
    And a probe from the second site ends in a success

  @NET-NLB-02 @fresh @needs:packets
  Scenario Outline: When <state> the trust's own egress sees a <end>, and packets show <packets>
    Given a registered trust
    And an observer shares the network of the trust
    When <state>
    Then a probe from the trust's place ends in a <end>, and <who> acts
    And its packets show <packets> of the FL endpoint

    Examples:
      | state                                                | end     | packets   | who              |
      | the FL endpoint lets in nobody                       | timeout | silence   | admin or site-it |
      | the FL endpoint lets in nobody and rejects everybody | refusal | a refusal | site-it          |
      | the FL server is down                                | refusal | a refusal | site-it or admin |

  @NET-NAME-01 @fresh @needs:packets
  Scenario: A host name that does not exist is told from a closed way
    Given a registered trust
    And an observer shares the network of the trust
    When the FL endpoint is looked for at "fl.flip.test"
    Then a probe from the trust's place ends in an unknown name, and operator or site-it acts

  @NET-NLB-03 @fresh @needs:packets
  Scenario: A second site is added without cutting off the first
    Given a registered trust
    And an observer shares the network of the trust
    And a second site has an observer of its own
    And the FL endpoint lets in the trust's place only
    And a probe from the second site ends in a timeout
    When the second site is let in as well
    Then a probe from the second site ends in a success
    And a probe from the trust's place ends in a success

  @NET-NLB-05 @NET-ONLINE-01 @fresh @needs:packets @needs:fl-client
  Scenario: A site whose address changed stays Online, and is not called able to train
    Given a registered trust
    And an observer shares the network of the trust
    And a second site has an observer of its own
    And the FL endpoint lets in the second site only
    When the trust is running
    And 2 cycles pass
    Then the trust is Online
    And flipcheck says "Online is not trainable: the way to the FL endpoint ends in a timeout" of the trust
    When the trust's place is let in as well
    Then flipcheck calls the trust able to train

  @NET-NLB-02 @fresh @needs:packets
  Scenario Outline: An FL endpoint with a certificate of the kind <kind> is told from a closed way
    Given a registered trust opposite a hub that speaks TLS
    And an observer shares the network of the trust
    And a probe from the trust's place ends in a success
    When the FL endpoint shows a certificate of the kind <kind>
    Then a probe from the trust's place ends in a failed handshake, and operator or site-it acts
    And its packets show an answer of the FL endpoint
    When the FL endpoint shows a certificate of the kind good
    Then a probe from the trust's place ends in a success

    Examples:
      | kind           |
      | unknown-issuer |
      | expired        |
      | wrong-name     |

  @TRUST-ROBUST-06 @fresh @needs:packets
  Scenario Outline: A hub known by name that shows a certificate of the kind <kind> is sent nothing
    Given a registered trust opposite a hub that speaks TLS
    And an observer shares the network of the trust
    And the trust is told of the hub's CA
    And the hub shows a certificate of the kind <kind>
    When the trust starts
    Then the trust tried the hub and sent it no request
    When the hub shows a certificate of the kind good
    And 2 cycles pass
    Then the trust is Online

    Examples:
      | kind           |
      | unknown-issuer |
      | expired        |
      | wrong-name     |
