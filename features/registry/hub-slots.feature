@hub @needs:control
Feature: FL slots are dealt one to a trust, lowest number first

  @HUB-REG-07
  Scenario: Slots go out by their number, those without number last
    Given a hub with the slots "Annex, Trust_10, Trust_2, Trust_007"
    When an admin registers 4 different trusts
    Then the registrations got the slots "Trust_2, Trust_007, Trust_10, Annex" in this order

  @HUB-REG-07
  Scenario: Admins who register at once never share a slot
    Given a hub with 8 slots
    When 8 admins register different trusts at once
    Then every one of these replies is 201
    And no slot is held by two trusts

  @HUB-REG-08
  Scenario: Without a free slot a registration is refused and leaves no trust behind
    Given a hub with 2 slots
    And the trusts "Alpha" and "Beta" are registered
    And the hub's trusts are noted
    When an admin registers "Gamma"
    Then the reply is 409 with the detail "No FL kit slots available. Pre-provision more FL kits and try again."
    And the hub has the same trusts as before

  @HUB-REG-08
  Scenario: Slots added to the configuration are dealt without a restart
    Given an edition with a slot pool that is read again
    And a hub with 1 slots
    And the trust "Alpha" is registered
    When the slot "Trust_2" is added to the hub's configuration
    And an admin registers "Beta"
    Then the reply is 201
    And the registration got the slot "Trust_2"

  @HUB-REG-10
  Scenario: A freed slot is not dealt to another trust while a fresh one is there
    Given a hub with 4 slots
    And the trust "Alpha" is registered
    And "Alpha" is deleted
    When an admin registers "Beta"
    Then the registration got another slot than "Alpha" had
