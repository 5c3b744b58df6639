@trust
Feature: Changing the key between a site's own services

  Four containers share one value. While they differ, work that needs the odd one fails, loudly and
  without giving anything away.

  @ROT-SITE-01 @needs:restart
  Scenario Outline: While <service> hold another key its tasks fail with the refusal and return nothing
    Given a registered trust
    And a task of each kind that needs "<service>" is queued
    And "<service>" hold another site key
    When the trust is running
    Then each of these tasks is reported as failed with the refusal of the site service
    And nothing but errors left the site

    Examples:
      | service         |
      | data-access-api |
      | imaging-api     |
      | site-services   |

  @ROT-SITE-01 @needs:restart
  Scenario: With one value everywhere all work
    Given a registered trust
    And a task of each kind that needs "site-services" is queued
    And "site-services" hold another site key
    And every site service holds the trust's own site key
    When the trust is running
    Then each of these tasks is reported as a success

  @ROT-SITE-01 @needs:restart @needs:fl-client
  Scenario: While the FL client holds the former key its training fails aloud
    Given the trust is running
    And the FL client has joined
    When "site-services" hold another site key
    And a training of 2 rounds reaches this site
    Then the FL client raised before its first metric, naming the 401 of a site service

  @ROT-SITE-01 @needs:restart
  Scenario: After a partial restart what failed stays failed
    Given the trust is running
    And "imaging-api" hold another site key
    And 3 "update_user_profile" tasks are queued
    And the queue is drained
    When every container of the site is created anew with another site key
    And a "update_user_profile" task "later" is queued
    Then the task "later" is reported as a success
    And of 4 tasks 3 are lost for good

  @ROT-SITE-01 @needs:restart @needs:fl-client
  Scenario: In the safe order, all four containers together, no work is lost
    Given the trust is running
    And a task of each kind that needs "imaging-api" is queued
    And the queue is drained
    When every container of the site is created anew with another site key
    And a "update_user_profile" task "later" is queued
    And a "cohort_query" task "counts" is queued
    Then no task was lost: all were done, each once
    When the FL client has joined
    And a training of 2 rounds reaches this site
    Then the FL client did its part
