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
