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

  @UPG-RECREATE-01
  Scenario: Registering in the order of codes orphans every kit, and moves the slots of some
    Given a hub with the slots "Trust_1, Trust_2, Trust_3"
    And an admin has registered "Beta"
    And an admin has registered "Alpha"
    And an admin has registered "Gamma"
    When the hub's database is recreated
    Then the key of "Alpha" is refused
    And the key of "Beta" is refused
    And the key of "Gamma" is refused
    When an admin registers the former trusts again in the order of their codes
    Then the registrations got the slots "Trust_1, Trust_2, Trust_3" in this order
    And the former kits of "Alpha, Beta, Gamma" are orphaned
    And the FL kits of "Alpha, Beta" no longer fit their trusts, and that of "Gamma" does

  @UPG-RECREATE-01
  Scenario: A hub that starts again on a recreated database knows the new trusts only
    Given a hub with a state file
    And an admin has registered "Alpha"
    And the hub's database is recreated
    And an admin has registered "Alpha"
    When the hub starts again on its state file
    Then the key of "Alpha" is accepted
    And the former key of "Alpha" is refused as if it had never been issued

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
