@trust
Feature: The FL client keeps to itself what is the site's

  The FL client reads patients' rows. It talks to the FL endpoint and to the site services, holds no
  key of the hub, and writes sizes instead of rows.

  @FL-CLIENT-02 @needs:fl-client
  Scenario: The FL client fetches its data with the site key and says nothing to the hub
    Given the trust is running
    And the FL client has joined
    When the FL client trains 2 rounds on this site's data
    Then the FL client fetched its data with the site key
    And nobody but the FL server spoke to the hub about the training
    And the site key was shown to the site services only

  @FL-CLIENT-03 @needs:fl-client @needs:logs @needs:restart
  Scenario: Rows of the cohort do not appear in the output
    Given a registered trust
    And the site's data holds the row "planted patient 4711"
    When the trust is running
    And the FL client has joined
    And the FL client trains 1 rounds on this site's data
    Then the FL client fetched its data with the site key
    And the output shows no planted secret
