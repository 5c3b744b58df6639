@trust
Feature: The trust works a batch off

  The hub hands out up to 50 tasks at once. Each of them is run alone, in its turn, and reported once;
  what the hub handed out and never hears of again is lost to the researcher who asked for it.

  @TRUST-POLL-02 @needs:restart
  Scenario: Tasks of one reply run one at a time, in the order of the reply
    Given a registered trust
    And the site's fault "latency" is armed on "img.create_project" with {"ms": 60}
    And the site's fault "latency" is armed on "img.import_status" with {"ms": 40}
    And the site's fault "latency" is armed on "img.users" with {"ms": 20}
    When these tasks are queued
      | label  | type                |
      | first  | create_imaging      |
      | second | get_imaging_status  |
      | third  | update_user_profile |
    And the trust is running
    Then one poll handed out all 3 tasks
    And the tasks ran one at a time in queue order

  @TRUST-POLL-03 @needs:restart
  Scenario: A full batch of mixed work brings one result a task
    Given a registered trust
    When 50 mixed tasks are queued
    And the trust is running
    Then one poll handed out all 50 tasks
    And all queued tasks are reported exactly once
    And [TRUST-RESULT-01] every report holds success and result and nothing else

  @TRUST-POLL-03
  Scenario: Work that comes while work is done is not lost either
    Given the trust is running
    When 5 "update_user_profile" tasks are queued
    And 3 "create_imaging" tasks are queued
    Then all queued tasks are reported exactly once

  @TRUST-POLL-04 @needs:restart
  Scenario Outline: <entry> in a batch costs none of the other entries
    Given a registered trust
    And these tasks are queued
      | label  | type                |
      | before | update_user_profile |
      | after  | create_imaging      |
    And the next batch holds the tasks with <entry> between "before" and "after"
    When the trust is running
    Then the task "before" is reported as a success
    And the task "after" is reported as a success
    And the trust polls again

    Examples:
      | entry    |
      | a number |
      | a text   |
      | null     |
      | a list   |

  @TRUST-POLL-03 @needs:restart
  Scenario: An entry without an id costs none of the other entries
    Given a registered trust
    And these tasks are queued
      | label  | type                |
      | before | update_user_profile |
      | after  | create_imaging      |
    And the next batch holds the tasks with an object without id between "before" and "after"
    When the trust is running
    Then the task "before" is reported as a success
    And the task "after" is reported as a success
