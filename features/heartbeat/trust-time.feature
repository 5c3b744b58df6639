@trust
Feature: The trust tells true times in whatever zone its site lives

  Hospitals set the clocks of their machines to local time. What a trust sends must not depend on it:
  between 14 h east and 12 h west of UTC, local and true date differ at every moment of the day for one of them.

  @TRUST-TIME-01 @needs:restart
  Scenario Outline: A site <hours> h <side> of UTC sends true times
    Given a registered trust
    And the site lives <hours> h <side> of UTC
    And the trust is running
    Then the snapshots carry the time of the judge's clock with its offset

    Examples:
      | hours | side |
      | 14    | east |
      | 12    | west |

  @TRUST-TIME-01 @needs:restart
  Scenario Outline: A failed query at a site <hours> h <side> of UTC is dated in UTC
    Given a registered trust
    And the site lives <hours> h <side> of UTC
    And the trust is running
    And the site's "da.cohort" answers {"code": 500, "body": "{\"detail\": \"query_failed\"}"}
    When a "cohort_query" task is queued
    Then the error record of the query carries the date in UTC

    Examples:
      | hours | side |
      | 14    | east |
      | 12    | west |
