@hub @needs:control
Feature: A hub never serves from tables that lack what it reads

  @UPG-SCHEMA-01
  Scenario: A release on the state of the one before serves its trusts, or does not start
    Given the release before this one left its state with the trust "Alpha", 3 tasks and a metric
    When this release starts on that state
    Then it serves "Alpha", or it does not start

  @UPG-SCHEMA-01
  Scenario Outline: On the state that <release> left every route of this release works, or none is served
    Given the release <release> left its state with the trust "Alpha", 3 tasks and a metric
    When this release starts on that state
    Then no route fails for want of a column, or it does not start

    Examples:
      | release |
      | 2026.03 |
      | 2026.06 |
      | 2026.07 |

  @UPG-SCHEMA-02
  Scenario: A migration keeps the registry, the tasks and the metrics
    Given the release before this one left its state with the trust "Alpha", 3 tasks and a metric
    When this release starts on that state
    Then it holds the trust "Alpha", its 3 tasks and its metric

  @UPG-SCHEMA-02
  Scenario Outline: A migration from <release> keeps the registry, the tasks and the metrics
    Given the release <release> left its state with the trust "Alpha", 3 tasks and a metric
    When this release starts on that state
    Then it holds the trust "Alpha", its 3 tasks and its metric

    Examples:
      | release |
      | 2026.03 |
      | 2026.06 |
