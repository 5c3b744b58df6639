@hub
Feature: A trust is Online for half a minute after each heartbeat

  Background:
    Given the trust "Alpha" is registered

  @HUB-HB-04 @needs:control
  Scenario Outline: <secs> s after its last heartbeat a trust is <state>
    Given the hub's clock stands still
    And "Alpha" has sent a heartbeat
    When <secs> seconds pass at the hub
    Then the hub lists "Alpha" as <state>

    Examples:
      | secs | state   |
      | 0    | Online  |
      | 29   | Online  |
      | 31   | Offline |
      | 3600 | Offline |

  @HUB-HB-04 @needs:control
  Scenario: A trust that only polls is Offline
    Given "Alpha" has polled
    Then the hub lists "Alpha" as Offline

  @HUB-HB-04 @needs:control
  Scenario: Polls do not keep a trust Online
    Given the hub's clock stands still
    And "Alpha" has sent a heartbeat
    When 20 seconds pass at the hub
    And "Alpha" has polled
    And 20 seconds pass at the hub
    Then the hub lists "Alpha" as Offline

  @HUB-HB-04 @needs:control
  Scenario: Another heartbeat keeps a trust Online
    Given the hub's clock stands still
    And "Alpha" has sent a heartbeat
    When 20 seconds pass at the hub
    And "Alpha" has sent a heartbeat
    And 20 seconds pass at the hub
    Then the hub lists "Alpha" as Online

  @HUB-HB-01 @needs:control
  Scenario: A heartbeat without body is recorded at the hub's own time
    Given the hub has never seen "Alpha"
    When "Alpha" sends a heartbeat
    Then the reply is 200
    And the reply says "Heartbeat recorded" in "message"
    And the hub has seen "Alpha" at its own present time

  @HUB-TASK-01
  Scenario: The reply to a heartbeat tells the trust who it is
    When "Alpha" sends a heartbeat
    Then the reply is 200
    And the reply carries the identity of "Alpha"
