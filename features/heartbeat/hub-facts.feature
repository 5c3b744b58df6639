@hub @needs:control
Feature: The reply to a heartbeat tells the trust what it needs to know of its hub

  Background:
    Given the trust "Alpha" is registered

  @HUB-HB-05
  Scenario: The reply carries the hub's release and the fingerprint of its payload key
    Given the hub is of the release "v0.8.7"
    When "Alpha" sends a heartbeat
    Then the reply reports the release "v0.8.7"
    And the reply reports the fingerprint of the hub's payload key

  @HUB-HB-05
  Scenario: The fingerprint follows a change of the payload key
    Given the hub's payload key changes
    When "Alpha" sends a heartbeat
    Then the reply reports the fingerprint of the hub's payload key

  @HUB-HB-05
  Scenario Outline: A payload key of <length> bytes has no fingerprint
    Given the hub's payload key has <length> bytes
    When "Alpha" sends a heartbeat
    Then the reply reports no fingerprint

    Examples:
      | length |
      | 16     |
      | 31     |
      | 33     |
