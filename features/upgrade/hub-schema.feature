@hub @needs:control
Feature: A hub never serves from tables that lack what it reads

  Background:
    Given the release before this one left its state with the trust "Alpha", 3 tasks and a metric

  @UPG-SCHEMA-01
  Scenario: A release on the state of the one before serves its trusts, or does not start
    When this release starts on that state
    Then it serves "Alpha", or it does not start

  @UPG-SCHEMA-02
  Scenario: A migration keeps the registry, the tasks and the metrics
    When this release starts on that state
    Then it holds the trust "Alpha", its 3 tasks and its metric
