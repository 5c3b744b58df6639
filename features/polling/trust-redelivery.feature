@trust
Feature: The trust runs again what is handed out again

  A report may get lost. The hub hands the task out again after half an hour, and the second run must
  be reported like the first.

  @TRUST-POLL-05
  Scenario Outline: A task whose report met <fault> is reported when it comes again
    Given the trust is running
    And the hub meets every report with <fault>
    When a "update_user_profile" task is queued
    And the report of the task is given up
    And the hub answers normally again
    And the hub finds out that the task is stale
    Then the task is handed out again
    And the task is reported as a success
    And exactly 2 calls to "img.users" were made

    Examples:
      | fault      |
      | a reset    |
      | status 500 |
      | status 503 |
