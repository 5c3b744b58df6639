@hub @needs:control
Feature: A hub limits each trust by itself, and says when to come back

  Background:
    Given the trusts "Alpha" and "Beta" are registered
    And the hub's clock stands still

  @HUB-RATE-01
  Scenario: The thirty-first heartbeat in a minute is refused, and nothing else is
    When "Alpha" sends 31 heartbeats
    Then the first 30 of these replies are 200 and the rest 429
    And the reply is 429 with the detail "Rate limit exceeded. Try again later."
    When "Alpha" polls
    Then the reply is 200
    When "Beta" sends a heartbeat
    Then the reply is 200

  @HUB-RATE-01
  Scenario: The thirty-first poll in a minute is refused, and nothing else is
    When "Alpha" sends 31 polls
    Then the first 30 of these replies are 200 and the rest 429
    And the reply is 429 with the detail "Rate limit exceeded. Try again later."
    When "Alpha" sends a heartbeat
    Then the reply is 200
    When "Beta" polls
    Then the reply is 200

  @HUB-RATE-01
  Scenario: A minute later a limited trust is heard again
    Given "Alpha" sends 31 heartbeats
    When 60 seconds pass at the hub
    And "Alpha" sends a heartbeat
    Then the reply is 200

  @HUB-RATE-01
  Scenario Outline: A foreign key at a trust's path uses up nothing of that trust's <call>s
    Given an edition with paths that name the trust
    When "Beta" sends <count> <call>s at the path of "Alpha"
    And "Alpha" sends 1 <call>s
    Then the reply is 200

    Examples:
      | call      | count |
      | heartbeat | 30    |
      | poll      | 30    |

  @HUB-RATE-02
  Scenario: A refusal says when to come back
    When "Alpha" sends 31 heartbeats
    Then each refusal says when to come back

  @HUB-RATE-02
  Scenario: Reports are limited for a trust, not for a task
    When "Alpha" reports 63 tasks in one minute
    Then at least one of these replies is 429

  @HUB-RATE-02
  Scenario: Keys never issued are limited too
    When 40 heartbeats are sent with keys never issued
    Then at least one of these replies is 429
    And the key of "Beta" is accepted
