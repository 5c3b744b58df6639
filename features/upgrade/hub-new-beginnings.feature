@hub @needs:control
Feature: A hub that changed says so, and one that began again knows nobody

  @UPG-RECREATE-01
  Scenario: After the database was recreated no old kit is accepted and registering starts afresh
    Given an admin has registered "Alpha"
    And "Alpha" has sent a heartbeat
    When the hub's database is recreated
    Then the key of "Alpha" is refused
    When an admin has registered "Alpha"
    Then "Alpha" has another id than before
    And "Alpha" has other keys than before
    And the former key of "Alpha" is refused as if it had never been issued
    And the key of "Alpha" is accepted

  @UPG-VERSION-01
  Scenario Outline: A hub of release <release> reports it in its health and to every trust alike
    Given the trust "Alpha" is registered
    And the hub is of the release "<release>"
    When "Alpha" sends a heartbeat
    Then the reply reports the release "<release>"
    And the hub's health reply reports the release "<release>"

    Examples:
      | release     |
      | v0.8.0      |
      | v1.12.3     |
      | sha-1a2b3c4 |

  @UPG-DRAIN-01
  Scenario: A model whose FL server fell silent does not run for ever
    Given the trust "Alpha" is registered
    And the hub's clock stands still
    And a model with "Alpha"
    And the FL server has set the status "PREPARED"
    When 24 hours pass at the hub
    Then the model's status is not "PREPARED"
