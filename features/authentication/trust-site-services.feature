@trust
Feature: The site services open to the site key only

  imaging-api and data-access-api hand out patient data. Every door but /health asks for the site key,
  and whoever defines a cohort must hold the payload key as well.

  @TRUST-SVC-01 @needs:site-services
  Scenario Outline: Every route of <service> answers 401 <how> site key
    Given a registered trust that brings its own site services
    When the trust is running
    Then every route of "<service>" but /health answers 401 <how> site key

    Examples:
      | service         | how         |
      | data-access-api | without a   |
      | data-access-api | to an empty |
      | data-access-api | to a wrong  |
      | imaging-api     | without a   |
      | imaging-api     | to an empty |
      | imaging-api     | to a wrong  |

  @TRUST-SVC-01 @needs:site-services
  Scenario Outline: /health of <service> needs no key
    Given a registered trust that brings its own site services
    When the trust is running
    Then /health of "<service>" answers without a site key

    Examples:
      | service         |
      | data-access-api |
      | imaging-api     |

  @TRUST-SVC-01 @needs:site-services
  Scenario: A cohort is defined by the holder of the payload key only
    Given a registered trust that brings its own site services
    When the trust is running
    Then a cohort-defining write without the admin proof is answered with 403
