package org.farga.identity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On what is sensitive for one's own account: a browser session whose person has not proved lately who they are is asked
 * to do so first, so that whoever finds a browser open cannot take the account over. API tokens cannot be asked; what
 * they may do is their scopes' business.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface NeedsProof {
    /** The page to come back to after the proof, where what was asked for was a form. */
    String back() default "/account";
}
