/**
 * Networks on PyTorch through DJL. The only package that knows DJL.
 *
 * <p>A program without parameters, put together from source text, holds the arithmetic; all state
 * lies in arrays that the caller owns and the program updates in place. So a run's state is complete
 * and visible: what a checkpoint holds is all there is.
 */
package dev.hemlock.common.torch;
