@trust
Feature: A trust in a container outlives what happens to containers

  Machines are rebooted, processes are killed, networks are cut. What the hub has acknowledged must not
  be lost, and work that runs twice must have been handed out twice: then the hub knows.

  @TRUST-ROBUST-03 @TRUST-POLL-03 @needs:container @needs:restart
  Scenario: A trust that is paused goes Offline and does its work when it goes on
    Given the trust is running
    When its container is paused
    And 5 mixed tasks are queued
    Then the silent trust is listed as Offline
    When its container goes on
    Then [TRUST-POLL-03] all queued tasks are reported exactly once
    And nothing ran oftener than it was handed out
    And the trust stays Online

  @TRUST-POLL-05 @needs:container @needs:restart
  Scenario Outline: A task that was under way when the trust <end> is done when it comes again
    Given the trust is running
    And the site meets "img.users" with silence
    And a "update_user_profile" task is queued
    And a site service is holding a call
    When its container <event>
    And the site answers normally again
    And the container is up again
    And the hub finds out that the task is stale
    Then the task is handed out again
    And the task is reported as a success
    And [TRUST-POLL-03] the task is reported exactly once
    And nothing ran oftener than it was handed out

    Examples:
      | end           | event        |
      | was killed    | is killed    |
      | was restarted | is restarted |

  @TRUST-POLL-03 @needs:container @needs:restart
  Scenario: What was reported before a kill is not done again after it
    Given the trust is running
    And 5 mixed tasks are queued
    And all queued tasks are reported
    When its container is killed
    And the container is up again
    And the hub finds out that the task is stale
    And 3 cycles pass
    Then all queued tasks are reported exactly once
    And nothing ran oftener than it was handed out

  @TRUST-ROBUST-03 @needs:container @needs:restart
  Scenario: A trust whose network was cut and healed works on by itself
    Given the trust is running
    When its network is cut
    And 5 mixed tasks are queued
    Then the silent trust is listed as Offline
    And the trust is still running
    When its network is healed
    Then [TRUST-POLL-03] all queued tasks are reported exactly once
    And nothing ran oftener than it was handed out
    And the trust stays Online

  @TRUST-ROBUST-03 @needs:container @needs:restart
  Scenario: A task that was under way when the network was cut comes to an end all the same
    Given the trust is running
    And the site meets "img.users" with silence
    And a "update_user_profile" task is queued
    And a site service is holding a call
    When its network is cut
    And the site answers normally again
    And its network is healed
    And the hub finds out that the task is stale
    Then all queued tasks are reported
    And nothing ran oftener than it was handed out
    And the trust stays Online

  @TRUST-ROBUST-03 @needs:container @needs:restart
  Scenario: A trust whose disk takes no more byte goes on polling and reports each task
    Given a registered trust
    And the disk of the trust is full
    When the trust is running
    And 5 mixed tasks are queued
    Then [TRUST-POLL-03] all queued tasks are reported exactly once
    And the trust stays Online

  @TRUST-ROBUST-09 @needs:container @needs:restart
  Scenario Outline: A trust and a hub whose clocks are <hours> h apart work together
    Given the trust is running
    And the hub's clock is <hours> h off
    And 5 mixed tasks are queued
    Then [TRUST-POLL-03] all queued tasks are reported exactly once
    And the trust stays Online

    Examples:
      | hours |
      | -24   |
      | 24    |
