@trust
Feature: Changing keys a trust does not hold

  The key between the hub's own services and the credentials of the FL server are none of a trust's
  business. Its heartbeats go on, and say nothing about whether trainings arrive.

  @FL-LOSS-02 @needs:restart
  Scenario: A new hub-internal key leaves the trust as it is, and old trainings store nothing
    Given the trust is running
    When the hub's internal key is replaced
    And a "update_user_profile" task is queued
    Then the task is reported as a success
    And the trust stays Online
    When an FL server with the old hub-internal key trains 2 rounds with this trust
    Then nothing of the run is stored
    And flipcheck names the silent loss of metrics

  @NET-ONLINE-01 @needs:fl-client @needs:restart
  Scenario: FL credentials the server does not know leave the trust Online and unable to train
    Given a registered trust
    And the FL client holds the credentials of "Trust_9999"
    When the trust is running
    Then the FL client does not join
    And the trust is Online
    And flipcheck says "Online is not trainable" of the trust
