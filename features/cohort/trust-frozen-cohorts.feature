@trust
Feature: The site counts persons, and gives out rows of a frozen cohort only

  Counts leave the site for cohorts of enough people, however many rows those have. Rows for training
  are those of the cohort that was frozen when the project was approved: what the caller asks for then
  has no effect, and a project id that does not open is refused.

  @TRUST-COHORT-06 @needs:site-services
  Scenario: 60 rows of 3 persons are a small cohort
    Given a registered trust
    And the trust brings its own site services
    And the trust is running
    When a cohort query with 60 rows of 3 persons is queued
    Then nothing but the mark of suppression reached the hub

  @TRUST-COHORT-06 @needs:site-services
  Scenario: 60 rows of 60 persons are counted
    Given a registered trust
    And the trust brings its own site services
    And the trust is running
    When a cohort query with 60 rows of 60 persons is queued
    Then the task is reported as a success
    And the hub's aggregate holds 60 records of the trust

  @TRUST-COHORT-04 @needs:site-services
  Scenario: Without a frozen cohort there are no rows, and with one they are those of the first freeze
    Given a registered trust that brings its own site services
    When the trust is running
    And rows are asked for at "/cohort/dataframe" with a query over 60 persons
    Then the site answers 403
    When the cohort of 20 persons is frozen
    And rows are asked for at "/cohort/dataframe" with a query over 20 persons
    Then the site gives out 20 rows
    When rows are asked for at "/cohort/dataframe" with a query over 60 persons
    Then the site gives out 20 rows
    When the cohort of 30 persons is frozen
    And rows are asked for at "/cohort/dataframe" with a query over 60 persons
    Then the site gives out 20 rows

  @TRUST-COHORT-05 @needs:site-services
  Scenario Outline: A project id sealed under another key is refused at <route>
    Given a registered trust that brings its own site services
    When the trust is running
    And the cohort of 20 persons is frozen
    And rows are asked for at "<route>" with a query over 20 persons
    Then the site answers 200
    When rows are asked for at "<route>" with a project id sealed under another key
    Then the site answers 400

    Examples:
      | route                 |
      | /cohort/dataframe     |
      | /cohort/accession-ids |
