@trust
Feature: The way to the FL endpoint is told apart from the way to the hub

  The hub API is open to the world, the FL endpoint lets in listed addresses only. A site that is
  Online may not be able to train, and each way of failing is somebody else's to mend.

  @NET-NLB-01 @needs:loopback
  Scenario: An address that is not listed sees a timeout, a listed one gets through
    Given a registered trust
    When the FL endpoint lets in "127.0.0.2" only
    Then a probe from "127.0.0.2" ends in a success
    And a probe from "127.0.0.3" ends in a timeout, and admin acts

  @NET-NLB-01 @needs:loopback
  Scenario: While nobody is listed nobody gets an answer
    Given a registered trust
    And a probe from "127.0.0.2" ends in a success
    When the FL endpoint lets in nobody
    Then a probe from "127.0.0.2" ends in a timeout, and admin or site-it acts

  @NET-NLB-02 @needs:loopback
  Scenario Outline: When <state> a probe ends in a <end>, and <who> acts
    Given a registered trust
    And a probe from "127.0.0.2" ends in a success
    When <state>
    Then a probe from "127.0.0.2" ends in a <end>, and <who> acts

    Examples:
      | state                                                           | end              | who                 |
      | the FL endpoint lets in nobody                                  | timeout          | admin or site-it    |
      | the FL endpoint lets in "127.0.0.3" only                        | timeout          | admin or site-it    |
      | the FL endpoint lets in nobody and rejects everybody            | refusal          | site-it             |
      | the FL endpoint lets in "127.0.0.3" only and rejects others     | refusal          | site-it             |
      | the FL server is down                                           | refusal          | site-it or admin    |
      | a proxy that inspects traffic stands before the FL endpoint     | failed handshake | site-it             |
      | the FL kit is from another provisioning                         | failed handshake | operator            |

  @NET-NLB-02 @needs:loopback
  Scenario: A server that restarts heals by itself
    Given a registered trust
    When the FL server is down
    Then a probe from "127.0.0.2" ends in a refusal
    When the FL server is up again
    Then a probe from "127.0.0.2" ends in a success

  @NET-NLB-03 @needs:loopback
  Scenario: Adding a second site leaves the first connected
    Given a registered trust
    And the FL endpoint lets in "127.0.0.2" only
    When "127.0.0.3" is let in as well
    Then a probe from "127.0.0.2" ends in a success
    And a probe from "127.0.0.3" ends in a success

  @NET-NLB-03 @needs:loopback
  Scenario: Where one address only is kept, the second site cuts off the first and the probe shows it
    Given a registered trust
    And the FL endpoint keeps one address only, "127.0.0.2"
    And a probe from "127.0.0.2" ends in a success
    When "127.0.0.3" is let in as well
    Then a probe from "127.0.0.3" ends in a success
    And a probe from "127.0.0.2" ends in a timeout, and admin acts

  @NET-NLB-04 @needs:loopback
  Scenario: Opening an opened address again changes nothing
    Given a registered trust
    And the FL endpoint lets in "127.0.0.2" only
    And the allow-list is remembered
    When "127.0.0.2" is let in as well
    Then the allow-list is unchanged
    And a probe from "127.0.0.2" ends in a success

  @NET-NLB-05 @needs:fl-client @needs:restart @slow @needs:loopback @waits:30
  Scenario: A site whose address changed stays Online, and is not called able to train
    Given a registered trust
    And the FL endpoint lets in "127.0.0.2" only
    And the site reaches the FL endpoint from "127.0.0.2"
    When the trust is running
    And the FL client has joined
    Then flipcheck calls the trust able to train
    When the site reaches the FL endpoint from "127.0.0.3"
    And the trust starts again
    And 1 cycle passes
    Then the FL client does not join
    And the trust is Online
    And flipcheck says "Online is not trainable" of the trust
    When "127.0.0.3" is let in as well
    Then flipcheck calls the trust able to train

  @NET-ONLINE-01 @needs:fl-client @needs:restart
  Scenario Outline: An Online trust whose way ends in a <end> is not called able to train
    Given a registered trust
    And <state>
    When the trust is running
    Then the trust is Online
    And flipcheck says "Online is not trainable: the way to the FL endpoint ends in a <end>" of the trust
    When the FL server is up again
    And the FL endpoint lets in everybody
    Then flipcheck calls the trust able to train

    Examples:
      | state                                                | end     |
      | the FL endpoint lets in nobody                       | timeout |
      | the FL endpoint lets in nobody and rejects everybody | refusal |
      | the FL server is down                                | refusal |

  @NET-NAME-01
  Scenario: The FL endpoint has a name of its own
    Given a registered trust
    Then the kit names another host for the FL endpoint than for the hub
