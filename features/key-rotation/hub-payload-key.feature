@hub @needs:control
Feature: Changing the payload key at the hub

  Payloads are sealed when they are handed out. What was queued before the change leaves under the new
  key; what was drained before it is not touched.

  @HUB-ENC-01
  Scenario: In the safe order, drained before and queued again after, no work is lost
    Given the trust "Alpha" is registered
    And 3 tasks are queued for "Alpha"
    And "Alpha" gets its tasks and does each
    And every queued task is COMPLETED
    When every payload key of the hub changes
    And 3 tasks are queued for "Alpha"
    And "Alpha" polls
    Then each payload opens with the hub's present key and with no former one
    And every queued task was delivered exactly once

  @HUB-ENC-01
  Scenario: A task queued before the change leaves under the new key
    Given the trust "Alpha" is registered
    And 3 tasks are queued for "Alpha"
    When every payload key of the hub changes
    And "Alpha" gets its tasks and does each
    Then each payload opens with the hub's present key and with no former one
    And every queued task is COMPLETED

  @HUB-ENC-01
  Scenario: A hub that lacks a trust's half seals with the platform's key and says nothing
    Given an edition with a payload key for each trust
    And the trust "Alpha" is registered and nobody brings the hub its half
    And 1 task is queued for "Alpha"
    When "Alpha" polls
    Then the reply is 200
    And the payload is an envelope under the platform's key
    And the payload opens to exactly what was queued
    When somebody brings the hub the half of "Alpha"
    And 1 task is queued for "Alpha"
    And "Alpha" polls
    Then the payload is an envelope under the key of "Alpha"
    And the payload opens to exactly what was queued
