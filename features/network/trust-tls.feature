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
