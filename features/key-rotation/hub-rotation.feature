@hub @needs:control
Feature: A rotated key is worth nothing any more

  @ROT-APIKEY-01
  Scenario: Rotation gives a new identity and new keys and refuses the old key at once
    Given an admin has registered "Alpha"
    And "Alpha" has sent a heartbeat
    When "Alpha" is deleted
    And an admin has registered "Alpha"
    Then "Alpha" has another id than before
    And "Alpha" has other keys than before
    And the former key of "Alpha" is refused as if it had never been issued
    And the key of "Alpha" is accepted

  @ROT-APIKEY-01
  Scenario: Rotation removes the old registration's tasks, metrics and logs
    Given an admin has registered "Alpha"
    And a model with "Alpha"
    And 3 tasks are queued for "Alpha"
    And the FL server has posted a metric of "Alpha"
    And the FL server has posted a log of "Alpha"
    When "Alpha" is deleted
    And an admin has registered "Alpha"
    Then no task, metric or log of the former "Alpha" is left
    When "Alpha" polls
    Then the poll brings no task

  @HUB-REG-09
  Scenario: The registration verb run again for a known name rotates nothing
    When the registration verb is run for "Alpha"
    Then the verb ended with 0 and a kit with keys
    And the key of "Alpha" is accepted
    When the hub's trusts are noted
    And the registration verb is run for "Alpha"
    Then the verb ended with 0 and the kit of "Alpha" without keys
    And the hub has the same trusts as before
    And the key of "Alpha" is accepted
    When an admin registers "Alpha" again
    Then the reply is 409 with the detail "A trust named 'Alpha Hospital' already exists."
    And the key of "Alpha" is accepted

  @ROT-APIKEY-01
  Scenario: In the safe order, drained before the rotation, no work is lost
    Given an admin has registered "Alpha"
    And 3 tasks are queued for "Alpha"
    And "Alpha" gets its tasks and does each
    And every queued task is COMPLETED
    When "Alpha" is deleted
    And an admin has registered "Alpha"
    And 3 tasks are queued for "Alpha"
    And "Alpha" gets its tasks and does each
    Then every queued task is COMPLETED
    And the former key of "Alpha" is refused as if it had never been issued

  @ROT-APIKEY-01 @HUB-REG-07
  Scenario: Where another trust registered in between each has a slot of its own, and rows go to its holder
    Given an admin has registered "Alpha"
    When "Alpha" is deleted
    And an admin has registered "Beta"
    And an admin has registered "Alpha"
    Then [HUB-REG-07] "Alpha" and "Beta" hold different slots
    Given a model with "Alpha"
    When the FL server posts a metric of "Alpha"
    Then the metric is stored as one row
    When the FL server posts a metric of "Beta"
    Then the reply is 400

  @ROT-INTERNAL-01
  Scenario: After rotation the former hub-internal key opens no ingest route
    Given the present hub-internal key is accepted on every ingest route
    When the hub-internal key is rotated
    Then the former hub-internal key is refused on every ingest route
    And the present hub-internal key is accepted on every ingest route

  @ROT-INTERNAL-01
  Scenario: Making the hub-internal key again without force changes nothing
    Given the present hub-internal key is accepted on every ingest route
    When the hub-internal key is made again without force
    Then the hub-internal key is still the same
    And the present hub-internal key is accepted on every ingest route

  @ROT-AES-02
  Scenario: Work that failed for a stale payload key is done once the kit is right
    Given the trust "Alpha" is registered
    And the hub's clock stands still
    And the hub's payload key changes
    And 5 tasks are queued for "Alpha"
    And "Alpha" gets its tasks and fails each because its own payload key is stale
    When the kit of "Alpha" is put right
    And "Alpha" polls
    Then every queued task was delivered exactly once
