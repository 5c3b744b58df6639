@trust
Feature: A trust speaks to the hub it was told to trust, and to no other

  Between hospital and hub stand proxies with certificates of their own. The trust key must not reach
  whoever happens to answer.

  @TRUST-ROBUST-06 @needs:restart
  Scenario Outline: A hub with a certificate of the kind <kind> is sent nothing
    Given a registered trust opposite a hub that speaks TLS
    And the trust is told of the hub's CA
    And the hub shows a certificate of the kind <kind>
    When the trust starts
    Then the trust tried the hub and sent it no request
    And the trust is still running
    When the hub shows a certificate of the kind good
    And 2 cycles pass
    Then the trust is Online

    Examples:
      | kind           |
      | unknown-issuer |
      | expired        |
      | wrong-name     |

  @TRUST-ROBUST-06 @needs:restart
  Scenario: A private CA that nobody was told of is not trusted
    Given a registered trust opposite a hub that speaks TLS
    When the trust starts
    Then the trust tried the hub and sent it no request
    And the trust is still running

  @TRUST-ROBUST-06 @needs:restart
  Scenario: A private CA given by SSL_CERT_FILE is trusted
    Given a registered trust opposite a hub that speaks TLS
    And the trust is told of the hub's CA
    And a "update_user_profile" task is queued
    When the trust is running
    Then the task is reported as a success
    And the trust is Online

  @NET-ONLINE-01 @ROT-FL-01 @needs:fl-client @needs:restart
  Scenario Outline: An FL client stays away from an FL endpoint with a certificate of the kind <kind>
    Given the FL client holds a kit of a provisioning the FL server asks for
    And the FL endpoint shows a certificate of the kind <kind>
    When the trust is running
    Then the FL client is kept out
    And the trust stays Online
    And [NET-ONLINE-01] flipcheck says "Online is not trainable" of the trust
    When the FL endpoint shows a certificate of the kind good
    Then the FL client has joined
    And [NET-ONLINE-01] flipcheck calls the trust able to train

    Examples:
      | kind           |
      | unknown-issuer |
      | expired        |
      | wrong-name     |
