@hub
Feature: A hub does not wear out

  Callers hang up, show keys nobody issued and send what cannot be taken. Whatever it costs the hub, it must
  not be kept: the next honest caller is answered as quickly as before.

  Background:
    Given the trust "Alpha" is registered
    And an honest heartbeat of "Alpha" is timed

  @HUB-WEAR-01
  Scenario: Callers that hang up in mid-call cost the next one nothing
    When 40 callers with the key of "Alpha" hang up in mid-call
    Then the same heartbeat of "Alpha" is answered as before

  @HUB-WEAR-01
  Scenario Outline: Calls that are refused for <reason> cost the next one nothing
    When 16 calls of "Alpha" are refused for <reason>
    Then the same heartbeat of "Alpha" is answered as before

    Examples:
      | reason          |
      | an unknown key  |
      | an invalid body |
      | a long body     |
