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

  @TRUST-SVC-02
  Scenario Outline: The site key of a <type> task stays away from where the call is sent on
    Given the trust is running
    When the site redirects "<route>" to another origin with <code>
    And a "<type>" task is queued
    And the site has redirected "<route>", which was shown the site key
    And the trust polls again
    Then the other origin did not get the site key

    Examples:
      | type                | route     | code |
      | update_user_profile | img.users | 307  |
      | update_user_profile | img.users | 302  |
      | cohort_query        | da.cohort | 307  |

  @TRUST-SVC-01 @needs:site-services
  Scenario: A cohort is defined by the holder of the payload key only
    Given a registered trust that brings its own site services
    When the trust is running
    Then a cohort-defining write without the admin proof is answered with 403
