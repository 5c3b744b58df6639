@hub @needs:control
Feature: Keys are shown once, in the reply that mints them

  @HUB-REG-02
  Scenario: No list shows a key or the hash of one
    Given an admin has registered "Alpha"
    When every list of trusts is asked for
    Then no list shows a key or the hash of one

  @HUB-REG-02
  Scenario: No later reply and no stored state shows a key
    Given an admin has registered "Alpha"
    And "Alpha" has sent a heartbeat
    And a task was handed to "Alpha"
    When "Alpha" reports the task as a success
    Then the report is taken
    And the hub's stored state shows no key
