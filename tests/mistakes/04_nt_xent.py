# ruff: noqa: E501  (a sentence to the learner is one line)
"""Wrong ways to write the NT-Xent of lesson 4, with a sentence about each."""

from lessons.course.mistakes import Mistake

NORMALIZE = "z = F.normalize(z, dim=1, eps=1e-8)"
LOSS = "return F.cross_entropy(candidate_logits(similarity, temperature), target)"
ENTROPY = "F.cross_entropy(candidate_logits(similarity, temperature), target)"
MASK = 'logits.masked_fill(itself, float("-inf"))'

MISTAKES = [
    # similarity_matrix
    Mistake(
        "no_normalize",
        "similarity_matrix",
        (NORMALIZE, "z = z * 1.0"),
        "You take plain inner products, so a longer vector counts for more. What does sim(u, v) divide by?",
        trains=True,
    ),
    Mistake(
        "normalize_columns",
        "similarity_matrix",
        (NORMALIZE, "z = F.normalize(z, dim=0)"),
        "You normalise every column, across the batch. Which dimension holds the numbers of one view?",
        trains=True,
    ),
    Mistake(
        "normalize_l1",
        "similarity_matrix",
        (NORMALIZE, "z = F.normalize(z, p=1, dim=1)"),
        "You divide by the sum of absolute values. Which norm makes u·u equal to 1?",
        trains=True,
    ),
    Mistake(
        "normalize_one_view",
        "similarity_matrix",
        (NORMALIZE, "z = torch.cat([F.normalize(z1, dim=1), z2])"),
        "You normalise only z1's views. What divides by |v| when v comes from z2?",
        trains=True,
    ),
    Mistake(
        "squared_length",
        "similarity_matrix",
        (NORMALIZE, "z = z / (z * z).sum(1, keepdim=True)"),
        "You divide by the squared length. What is the cosine of a vector with itself then?",
        trains=True,
    ),
    Mistake(
        "epsilon_too_large",
        "similarity_matrix",
        (NORMALIZE, "z = z / (z.norm(dim=1, keepdim=True) + 1e-2)"),
        "You add 0.01 to every length, which shrinks short vectors too much. How large is 0.01 compared with a length of 1e-4?",
        trains=True,
    ),
    Mistake(
        "detach_keys",
        "similarity_matrix",
        ("z @ z.T", "z @ z.T.detach()"),
        "You detach the column's view, so only the row's view gets a gradient. Does u·v depend on u alone?",
        trains=True,
    ),
    Mistake(
        "detach_length",
        "similarity_matrix",
        (NORMALIZE, "z = z / z.norm(dim=1, keepdim=True).detach()"),
        "You stop the gradient through the length. If the vector grows, should the cosine change?",
        trains=True,
    ),
    Mistake(
        "detach_second_view",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z1, z2.detach()])"),
        "You detach z2, so no gradient reaches it. Which of the two views teaches the encoder in SimCLR?",
        trains=True,
    ),
    Mistake(
        "views_swapped",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z2, z1])"),
        "You put z2's views into the first rows. Which order does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "interleaved",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.stack([z1, z2], dim=1).flatten(0, 1)"),
        "You order the rows image by image, as Algorithm 1 does. Where should the two views of image b be?",
    ),
    Mistake(
        "negative_distance",
        "similarity_matrix",
        ("return z @ z.T", "return -(z[:, None] - z[None]).pow(2).sum(2)"),
        "You return minus the squared distance, which is 2 cos - 2. What is the cosine of equal vectors?",
        trains=True,
    ),
    Mistake(
        "absolute",
        "similarity_matrix",
        ("z @ z.T", "(z @ z.T).abs()"),
        "You drop the sign, so opposite views count as similar. What is the cosine of u and -u?",
        trains=True,
    ),
    Mistake(
        "stays_in_half",
        "similarity_matrix",
        ("z = z.to(torch.promote_types(z.dtype, torch.float32))", "z = z.clone()"),
        "Half precision stays half precision in your result. How large a number can float16 hold, and how large is |z| squared?",
        trains=True,
    ),
    Mistake(
        "always_double",
        "similarity_matrix",
        ("z = z.to(torch.promote_types(z.dtype, torch.float32))", "z = z.double()"),
        "You return float64, whatever the projections are. Which dtype does the docstring ask for? (Apple's GPUs have no float64.)",
        trains=True,
    ),
    Mistake(
        "always_single",
        "similarity_matrix",
        ("z.to(torch.promote_types(z.dtype, torch.float32))", "z.float()"),
        "You compute in float32 even if the projections are float64. Which types does the docstring allow for the result?",
        trains=True,
    ),
    # positive_index
    Mistake(
        "index_on_the_cpu",
        "positive_index",
        ("torch.arange(2 * B, device=device)", "torch.arange(2 * B)"),
        "Your index is on the CPU, whatever device is asked for. What happens if the projections are on a GPU?",
        trains=True,
    ),
    Mistake(
        "next_row",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.arange(2 * B, device=device) ^ 1"),
        "You pair neighbouring rows, 0-1, 2-3, …, as in the order of Algorithm 1. In what order does similarity_matrix put the views?",
    ),
    Mistake(
        "itself",
        "positive_index",
        (".roll(B)", ""),
        "You name every view as its own partner. Which row holds the other view of its image?",
    ),
    Mistake(
        "first_half_twice",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.arange(B, device=device).repeat(2)"),
        "You return 0 … B-1 twice, which is right only for the second half. What is the partner of row 0?",
    ),
    Mistake(
        "second_half_twice",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(B, 2 * B, device=device).repeat(2)",
        ),
        "You return B … 2B-1 twice, which is right only for the first half. What is the partner of row B?",
    ),
    Mistake(
        "roll_by_one",
        "positive_index",
        (".roll(B)", ".roll(1)"),
        "You shift by one row. How far apart are the two views of one image?",
    ),
    Mistake(
        "reversed",
        "positive_index",
        (".roll(B)", ".flip(0)"),
        "You reverse the rows, so row 0 is paired with the last row. Is the last row a view of image 0?",
    ),
    # candidate_logits
    Mistake(
        "no_mask",
        "candidate_logits",
        (MASK, "logits"),
        "You leave each view among its own candidates, where it is always the most similar one. What does k ≠ i exclude?",
        trains=True,
    ),
    Mistake(
        "mask_with_zero",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, 0.0)"),
        "You write 0 on the diagonal. What is exp(0), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e9",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, -1e9)"),
        "You write -1e9 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e4",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, -1e4)"),
        "You write a number of about -1e4 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_a_hundred",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, -100.0)"),
        "You write -100 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_the_least_number",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, torch.finfo(logits.dtype).min)"),
        "You write the most negative number of the type on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_before_dividing_small",
        "candidate_logits",
        (MASK, "logits.masked_fill(itself, -1.0 / temperature)"),
        "You give the view itself the lowest similarity, -1. Does that remove exp(-1 / tau) from the sum?",
        trains=True,
    ),
    Mistake(
        "mask_the_positive",
        "candidate_logits",
        (MASK, 'logits.masked_fill(itself | itself.roll(len(itself) // 2, 0), float("-inf"))'),
        "You leave out the positive as well. Is k = j allowed in the sum of equation 1?",
    ),
    Mistake(
        "mask_upper_half",
        "candidate_logits",
        (MASK, 'logits.masked_fill(itself.triu().cumsum(0).bool().T, float("-inf"))'),
        "You leave out a whole triangle, so a row has no candidates after itself. Which single entry of each row must go?",
    ),
    Mistake(
        "multiply_by_temperature",
        "candidate_logits",
        ("similarity / temperature", "similarity * temperature"),
        "You multiply by the temperature. Should a lower temperature make differences larger or smaller?",
        trains=True,
    ),
    Mistake(
        "no_temperature",
        "candidate_logits",
        ("similarity / temperature", "similarity / 1.0"),
        "You do not use the temperature. What should change when it goes from 1 to 0.1?",
        trains=True,
    ),
    Mistake(
        "fixed_temperature",
        "candidate_logits",
        ("similarity / temperature", "similarity / 0.5"),
        "You divide by 0.5, whatever the temperature is. Where should the argument go?",
        trains=True,
    ),
    Mistake(
        "root_temperature",
        "candidate_logits",
        ("similarity / temperature", "similarity / temperature**0.5"),
        "You divide by the square root of the temperature, as attention does with its width. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "logits_detached",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity.detach() / temperature"),
        "You stop the gradient here. How could the encoder learn which candidates were too close?",
    ),
    Mistake(
        "mask_on_the_cpu",
        "candidate_logits",
        (", device=logits.device)", ")"),
        "Your mask is on the CPU, wherever the similarities are. How do you make a tensor on the same device as another?",
        trains=True,
    ),
    # nt_xent_loss
    Mistake(
        "target_on_the_cpu",
        "nt_xent_loss",
        ("positive_index(len(z1), z1.device)", "positive_index(len(z1))"),
        "You leave one of your tensors on the CPU, wherever the projections are. Which argument of positive_index is for that?",
        trains=True,
    ),
    Mistake(
        "one_direction",
        "nt_xent_loss",
        (
            LOSS,
            "return F.cross_entropy(candidate_logits(similarity, temperature)[: len(z1)], target[: len(z1)])",
        ),
        "You use only z1's views as anchors. Over how many anchors does Algorithm 1 take the mean?",
        trains=True,
    ),
    Mistake(
        "cross_view_only",
        "nt_xent_loss",
        (
            LOSS,
            "cross = similarity[: len(z1), len(z1) :] / temperature\n"
            "    target = target[len(z1) :]\n"
            "    return (F.cross_entropy(cross, target) + F.cross_entropy(cross.T, target)) / 2",
        ),
        "You take only the B rows of the other view as candidates, as CLIP does. Are all 2B - 2 negatives among them?",
        trains=True,
    ),
    Mistake(
        "sum_not_mean",
        "nt_xent_loss",
        (ENTROPY, ENTROPY[:-1] + ', reduction="sum")'),
        "You add up the losses of the anchors. What does Algorithm 1 divide by?",
        trains=True,
    ),
    Mistake(
        "divide_by_images",
        "nt_xent_loss",
        (LOSS, LOSS.replace("return F", "return 2 * F")),
        "Your loss is twice the mean over the 2B anchors. Do you divide by B, or do you add two losses that are equal?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "nt_xent_loss",
        (ENTROPY, ENTROPY.replace("temperature)", "temperature).softmax(1)")),
        "You pass probabilities to cross_entropy. What does it do first with its input?",
        trains=True,
    ),
    Mistake(
        "log_of_mean",
        "nt_xent_loss",
        (
            LOSS,
            "p = candidate_logits(similarity, temperature).softmax(1)\n"
            "    return -p.gather(1, target[:, None]).mean().log()",
        ),
        "You average the probabilities and then take the log. Which of the two comes first in the paper?",
        trains=True,
    ),
    Mistake(
        "probability_not_log",
        "nt_xent_loss",
        (
            LOSS,
            "p = candidate_logits(similarity, temperature).softmax(1)\n"
            "    return -p.gather(1, target[:, None]).mean()",
        ),
        "You return minus the probability itself. Where is the log of equation 1?",
        trains=True,
    ),
    Mistake(
        "decoupled",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, temperature)\n"
            "    rest = logits.scatter(1, target[:, None], -torch.inf).logsumexp(1)\n"
            "    return (rest - logits.gather(1, target[:, None])[:, 0]).mean()",
        ),
        "You leave the positive out of the denominator, so the loss can be negative. Which k does the sum leave out?",
        trains=True,
    ),
    Mistake(
        "positive_twice",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, temperature)\n"
            "    positive = logits.gather(1, target[:, None])\n"
            "    return (torch.cat([logits, positive], 1).logsumexp(1) - positive[:, 0]).mean()",
        ),
        "You count the positive twice in the denominator. How many candidates does an anchor have?",
        trains=True,
    ),
    Mistake(
        "temperature_on_positive_only",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, 1.0)\n"
            "    positive = similarity.gather(1, target[:, None])[:, 0] / temperature\n"
            "    return (logits.logsumexp(1) - positive).mean()",
        ),
        "You divide the positive by the temperature, but not the sum in the denominator. Where does tau appear in equation 1?",
        trains=True,
    ),
    Mistake(
        "default_temperature",
        "nt_xent_loss",
        ("candidate_logits(similarity, temperature)", "candidate_logits(similarity, 0.5)"),
        "You always use 0.5. Where should the caller's temperature go?",
        trains=True,
    ),
    Mistake(
        "temperature_twice",
        "nt_xent_loss",
        (
            "candidate_logits(similarity, temperature)",
            "candidate_logits(similarity / temperature, temperature)",
        ),
        "You divide by the temperature here, and candidate_logits does so again. How many times does equation 1 divide by it?",
        trains=True,
    ),
    Mistake(
        "log2",
        "nt_xent_loss",
        (LOSS, LOSS + " / torch.log(similarity.new_tensor(2.0))"),
        "You use the logarithm to base 2. Which logarithm does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "multiplied_by_temperature",
        "nt_xent_loss",
        (LOSS, LOSS + " * temperature"),
        "You multiply the loss by the temperature, as MoCo v3 does. Does equation 1 do so?",
        trains=True,
    ),
    Mistake(
        "sigmoid_each",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, temperature)\n"
            "    return -F.logsigmoid(logits.gather(1, target[:, None])).mean()",
        ),
        "You judge the positive pair alone, with a sigmoid. What must the positive compete with in equation 1?",
    ),
    Mistake(
        "maximised",
        "nt_xent_loss",
        (LOSS, LOSS.replace("return F", "return -F")),
        "You reverse the sign, so the loss falls when the views of an image move apart. Can a cross entropy be negative?",
    ),
    Mistake(
        "positives_detached",
        "nt_xent_loss",
        (
            LOSS,
            "logits = candidate_logits(similarity, temperature)\n"
            "    return (logits.logsumexp(1) - logits.detach().gather(1, target[:, None])[:, 0]).mean()",
        ),
        "You detach the positive in the numerator. What would pull the two views together?",
    ),
    Mistake(
        "second_view_stopped",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z1, z2.detach())"),
        "You stop the gradient of the second view, as SimSiam and BYOL do. Does SimCLR do so?",
        trains=True,
    ),
    Mistake(
        "positive_is_neighbour_of_batch",
        "nt_xent_loss",
        (
            "target = positive_index(len(z1), z1.device)",
            "target = positive_index(len(z1), z1.device).roll(1)",
        ),
        "You make another image's view the target of every anchor. Where does row b of z1 find its partner?",
    ),
    Mistake(
        "exp_overflows",
        "nt_xent_loss",
        (
            LOSS,
            "exp = candidate_logits(similarity, temperature).exp()\n"
            "    return -(exp.gather(1, target[:, None])[:, 0] / exp.sum(1)).log().mean()",
        ),
        "At tau = 0.01 your loss is infinite or NaN in float32, where exp(100) is too large and exp(-120) is 0. Which function takes the log of a sum of exponentials without computing one alone?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "subtract_the_diagonal",
        "nt_xent_loss",
        (
            LOSS,
            "exp = (similarity / temperature).exp()\n"
            "    total = exp.sum(1) - similarity.new_tensor(1 / temperature).exp()\n"
            "    return -(exp.gather(1, target[:, None])[:, 0] / total).log().mean()",
        ),
        "In float32 your loss loses digits at tau = 0.05, as when all terms are added up and exp(1 / tau) is subtracted again. What is left of the small terms? Use logsumexp.",
        trains=True,
    ),
    Mistake(
        "log_of_softmax",
        "nt_xent_loss",
        (
            LOSS,
            "p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])\n"
            "    return -p.log().mean()",
        ),
        "At tau = 0.01 your loss is infinite or NaN in float32, where a share of the softmax rounds to 0. Which function takes the log of a softmax without computing it?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "epsilon_in_log",
        "nt_xent_loss",
        (
            LOSS,
            "p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])\n"
            "    return -(p + 1e-6).log().mean()",
        ),
        "You add 1e-6 before the log, so a bad pair never costs more than 14. What should it cost at tau = 0.01?",
        trains=True,
    ),
    # more of similarity_matrix
    Mistake(
        "joined_side_by_side",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z1, z2], dim=1)"),
        "You join the two views of an image into one row, so there are B rows. How many views are there to compare?",
    ),
    Mistake(
        "only_across",
        "similarity_matrix",
        ("return z @ z.T", "return z[: len(z1)] @ z[len(z1) :].T"),
        "You compare z1's views with z2's only, so the matrix is (B, B). With how many views is each view compared?",
    ),
    Mistake(
        "only_first_with_first",
        "similarity_matrix",
        ("return z @ z.T", "return z[: len(z1)] @ z[: len(z1)].T"),
        "You compare z1's views with each other only, so the matrix is (B, B). Where are z2's views?",
    ),
    Mistake(
        "one_length_for_all",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / z.norm()"),
        "You divide all views by one length, that of the whole matrix. Whose length does a cosine divide by?",
        trains=True,
    ),
    Mistake(
        "softmax_of_views",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.softmax(z, dim=1)"),
        "You take a softmax of each view, which makes its numbers add up to 1. Which norm is 1 for a unit vector?",
        trains=True,
    ),
    Mistake(
        "cosine_of_pairs",
        "similarity_matrix",
        ("return z @ z.T", "return F.cosine_similarity(z, z)"),
        "You compare each view with itself only, so the result is a row of ones. How many pairs do 2B views make?",
    ),
    Mistake(
        "cosine_of_positives",
        "similarity_matrix",
        ("return z @ z.T", "return F.cosine_similarity(z[: len(z1)], z[len(z1) :])"),
        "You compare the two views of each image only, so there are B numbers. How many pairs do 2B views make?",
    ),
    Mistake(
        "minus_distance",
        "similarity_matrix",
        ("return z @ z.T", "return -((z[:, None] - z[None]).pow(2).sum(2) + 1e-12).sqrt()"),
        "You return minus the distance. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "distance",
        "similarity_matrix",
        ("return z @ z.T", "return ((z[:, None] - z[None]).pow(2).sum(2) + 1e-12).sqrt()"),
        "You return the distance, which is 0 for equal views. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "squared_distance",
        "similarity_matrix",
        ("return z @ z.T", "return (z[:, None] - z[None]).pow(2).sum(2)"),
        "You return the squared distance, which is 0 for equal views. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "one_minus_cosine",
        "similarity_matrix",
        ("return z @ z.T", "return 1 - z @ z.T"),
        "You return 1 minus the cosine, which is a distance. Should similar views have a large number or a small one?",
        trains=True,
    ),
    Mistake(
        "minus_cosine",
        "similarity_matrix",
        ("return z @ z.T", "return -z @ z.T"),
        "You return minus the cosine. Should similar views have a large number or a small one?",
        trains=True,
    ),
    Mistake(
        "half_of_one_plus_cosine",
        "similarity_matrix",
        ("return z @ z.T", "return (1 + z @ z.T) / 2"),
        "You map the cosine to [0, 1]. What is the cosine of opposite vectors?",
        trains=True,
    ),
    Mistake(
        "squared_cosine",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T) ** 2"),
        "You square the cosine, so opposite views count as similar. What is the cosine of u and -u?",
        trains=True,
    ),
    Mistake(
        "no_negative_cosine",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T).relu()"),
        "You replace a cosine below 0 by 0. What is the cosine of u and -u?",
        trains=True,
    ),
    Mistake(
        "exp_of_cosine",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T).exp()"),
        "You return the exp of the cosine. In which step does the exp come?",
        trains=True,
    ),
    Mistake(
        "cosine_at_a_half",
        "similarity_matrix",
        ("return z @ z.T", "return z @ z.T / 0.5"),
        "Your cosines are twice as large as they should be. What is the cosine of a vector with itself, and which step divides by the temperature?",
        trains=True,
    ),
    Mistake(
        "divided_by_width",
        "similarity_matrix",
        ("return z @ z.T", "return z @ z.T / z.shape[1]"),
        "You divide the cosine by the number of columns. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "divided_by_root_of_width",
        "similarity_matrix",
        ("return z @ z.T", "return z @ z.T / z.shape[1] ** 0.5"),
        "You divide by the root of the width, as attention does. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "raw_divided_by_root_of_width",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z @ z.T / z.shape[1] ** 0.5",
        ),
        "You divide plain inner products by the root of the width, as attention does. What does a cosine divide by?",
        trains=True,
    ),
    Mistake(
        "raw_divided_by_width",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z @ z.T / z.shape[1]",
        ),
        "You take the mean of the products over the columns. What does a cosine divide by?",
        trains=True,
    ),
    Mistake(
        "rows_divided_only",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z @ z.T / z.norm(dim=1, keepdim=True)",
        ),
        "You divide by the length of the row's view only. What does a cosine divide by, besides |u|?",
        trains=True,
    ),
    Mistake(
        "columns_divided_only",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z @ z.T / z.norm(dim=1)",
        ),
        "You divide by the length of the column's view only. What does a cosine divide by, besides |v|?",
        trains=True,
    ),
    Mistake(
        "lengths_added",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            """length = z.norm(dim=1)
    return z @ z.T / (length[:, None] + length)""",
        ),
        "You divide by the sum of the two lengths. How do |u| and |v| combine in a cosine?",
        trains=True,
    ),
    Mistake(
        "rows_of_matrix_normalized",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return F.normalize(z @ z.T, dim=1)",
        ),
        "You normalise the rows of the matrix of products. What should have unit norm before the product?",
        trains=True,
    ),
    Mistake(
        "matrix_normalized_too",
        "similarity_matrix",
        ("return z @ z.T", "return F.normalize(z @ z.T, dim=1)"),
        "You normalise the rows of the finished matrix as well. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "divided_by_largest",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z @ z.T / (z @ z.T).max()",
        ),
        "You divide all products by the largest one. What does each cosine divide by?",
        trains=True,
    ),
    Mistake(
        "softmax_of_cosines",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T).softmax(1)"),
        "You return a softmax over each row. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "centred_on_the_batch",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(z - z.mean(0), dim=1)"),
        "You subtract the mean of the batch from every view. Does the cosine of two views depend on the other views?",
        trains=True,
    ),
    Mistake(
        "correlation",
        "similarity_matrix",
        (
            "z = F.normalize(z, dim=1, eps=1e-8)",
            "z = F.normalize(z - z.mean(1, keepdim=True), dim=1)",
        ),
        "You subtract the mean of each view, which gives the correlation. What does a cosine divide, and does it subtract anything?",
        trains=True,
    ),
    Mistake(
        "standardized_rows",
        "similarity_matrix",
        (
            "z = F.normalize(z, dim=1, eps=1e-8)",
            "z = (z - z.mean(1, keepdim=True)) / z.std(1, keepdim=True)",
        ),
        "You subtract the mean of each view and divide by its standard deviation. What is the length of a view then?",
        trains=True,
    ),
    Mistake(
        "standardized_columns",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = (z - z.mean(0)) / z.std(0)"),
        "You standardise each column over the batch. What should have unit norm?",
        trains=True,
    ),
    Mistake(
        "divided_by_std",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / z.std(1, keepdim=True)"),
        "You divide by the standard deviation of each view. Which number makes u·u equal to 1?",
        trains=True,
    ),
    Mistake(
        "divided_by_largest_number",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(z, p=float('inf'), dim=1)"),
        "You divide each view by its largest absolute number. Which norm makes u·u equal to 1?",
        trains=True,
    ),
    Mistake(
        "divided_by_sum",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / z.sum(1, keepdim=True)"),
        "You divide each view by the sum of its numbers. Which norm makes u·u equal to 1?",
        trains=True,
    ),
    Mistake(
        "divided_by_root_of_length",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / z.norm(dim=1, keepdim=True).sqrt()"),
        "You divide by the root of the lengths. What is the cosine of a vector with itself then?",
        trains=True,
    ),
    Mistake(
        "divided_by_mean_length",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / z.norm(dim=1).mean()"),
        "You divide all views by their mean length. Whose length does a cosine divide by?",
        trains=True,
    ),
    Mistake(
        "divided_by_rms",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / z.pow(2).mean(1, keepdim=True).sqrt()"),
        "You divide by the root of the mean square, so each view has a norm of √d. Which number makes u·u equal to 1?",
        trains=True,
    ),
    Mistake(
        "columns_by_columns",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            """z = F.normalize(z, dim=0)
    return z.T @ z""",
        ),
        "You compare the columns with each other, so the matrix is (d, d). What does a row of z hold?",
    ),
    Mistake(
        "turned_product",
        "similarity_matrix",
        ("return z @ z.T", "return z.T @ z"),
        "You multiply in the other order, so the matrix is (d, d). Which product compares row with row?",
    ),
    Mistake(
        "not_turned",
        "similarity_matrix",
        ("return z @ z.T", "return z @ z"),
        "You multiply z with itself without transposing it. Which product compares row with row?",
    ),
    Mistake(
        "entry_by_entry",
        "similarity_matrix",
        ("return z @ z.T", "return z * z"),
        "You multiply entry by entry. Which product adds up over the numbers of a view?",
    ),
    Mistake(
        "both_are_first",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z1, z1])"),
        "You use z1 for both views. Where does z2 come in?",
        trains=True,
    ),
    Mistake(
        "both_are_second",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z2, z2])"),
        "You use z2 for both views. Where does z1 come in?",
        trains=True,
    ),
    Mistake(
        "columns_swapped",
        "similarity_matrix",
        ("return z @ z.T", "return z @ z.roll(len(z1), 0).T"),
        "You put z2's views first in the columns, but not in the rows. Which column shows the same view as row 0?",
        trains=True,
    ),
    Mistake(
        "detach_first_view",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z1.detach(), z2])"),
        "You detach z1, so no gradient reaches it. Which of the two views teaches the encoder in SimCLR?",
        trains=True,
    ),
    Mistake(
        "detach_both",
        "similarity_matrix",
        ("torch.cat([z1, z2])", "torch.cat([z1, z2]).detach()"),
        "No gradient reaches z1 or z2 through your matrix: you detach them, or turn gradients off. What could the encoder learn from?",
    ),
    Mistake(
        "changes_the_views",
        "similarity_matrix",
        (
            "z = torch.cat([z1, z2])",
            """z1 /= z1.norm(dim=1, keepdim=True)
    z2 /= z2.norm(dim=1, keepdim=True)
    z = torch.cat([z1, z2])""",
        ),
        "You change z1 and z2 in place. Who else may still need them, and what does autograd say about it?",
    ),
    Mistake(
        "lengths_in_half_precision",
        "similarity_matrix",
        """def similarity_matrix(z1, z2):
    z = torch.cat([z1, z2])
    z = z / (z * z).sum(1, keepdim=True).sqrt().clamp(min=1e-6)
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    return z @ z.T
""",
        "You add up the squares in half precision, before you widen. What is the square of 300 in float16?",
    ),
    Mistake(
        "products_in_half_precision",
        "similarity_matrix",
        """def similarity_matrix(z1, z2):
    z = torch.cat([z1, z2])
    products = (z @ z.T).to(torch.promote_types(z.dtype, torch.float32))
    length = products.diagonal().sqrt().clamp(min=1e-8)
    return products / length[:, None] / length
""",
        "You multiply in half precision and widen only the products. What is the square of 300 in float16?",
    ),
    Mistake(
        "widened_after_normalizing",
        "similarity_matrix",
        (
            """z = z.to(torch.promote_types(z.dtype, torch.float32))
    # scale every row to unit norm; the inner product is then the cosine
    z = F.normalize(z, dim=1, eps=1e-8)""",
            """z = F.normalize(z, dim=1)
    z = z.to(torch.promote_types(z.dtype, torch.float32))""",
        ),
        "You normalise before you widen half precision. What is the square of 300 in float16?",
        trains=True,
    ),
    Mistake(
        "always_half",
        "similarity_matrix",
        ("torch.promote_types(z.dtype, torch.float32)", "torch.float16"),
        "You compute in half precision, whatever the type of the projections is. Which types does the docstring allow for the result?",
        trains=True,
    ),
    Mistake(
        "diagonal_of_zero",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T).fill_diagonal_(0)"),
        "Your diagonal is 0. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "diagonal_left_out",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T).fill_diagonal_(-torch.inf)"),
        "You write -inf on the diagonal. What is the cosine of a vector with itself, and which step leaves it out?",
        trains=True,
    ),
    Mistake(
        "lower_triangle",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T).tril()"),
        "You compute the lower triangle only, and the rest stays 0. What is the cosine of row 0 and row 1?",
        trains=True,
    ),
    Mistake(
        "upper_triangle",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T).triu()"),
        "You compute the upper triangle only, and the rest stays 0. What is the cosine of row 1 and row 0?",
        trains=True,
    ),
    Mistake(
        "not_normalized_second",
        "similarity_matrix",
        (
            "z = F.normalize(z, dim=1, eps=1e-8)",
            "z = torch.cat([z[: len(z1)], F.normalize(z[len(z1) :], dim=1)])",
        ),
        "You normalise only z2's views. What divides by |u| when u comes from z1?",
        trains=True,
    ),
    Mistake(
        "views_on_a_third_axis",
        "similarity_matrix",
        """def similarity_matrix(z1, z2):
    z = F.normalize(torch.stack([z1, z2]).to(torch.promote_types(z1.dtype, torch.float32)), dim=-1)
    return z @ z.mT
""",
        "You stack the views on a third axis and compare each table with itself only. What is the shape of the matrix of all views?",
    ),
    Mistake(
        "views_last_axis",
        "similarity_matrix",
        """def similarity_matrix(z1, z2):
    z = torch.stack([z1, z2]).to(torch.promote_types(z1.dtype, torch.float32))
    z = F.normalize(z, dim=1).flatten(0, 1)
    return z @ z.T
""",
        "You normalise along the batch of each view. Which dimension holds the numbers of one view?",
        trains=True,
    ),
    Mistake(
        "loop_on_the_cpu",
        "similarity_matrix",
        """def similarity_matrix(z1, z2):
    z = F.normalize(torch.cat([z1, z2]).to(torch.promote_types(z1.dtype, torch.float32)), dim=1)
    s = torch.zeros(len(z), len(z), dtype=z.dtype)
    for i in range(len(z)):
        s[i] = z @ z[i]
    return s
""",
        "You fill a matrix that is on the CPU, wherever the projections are. How do you make a tensor on the same device as another?",
        trains=True,
    ),
    Mistake(
        "similarity_missing",
        "similarity_matrix",
        ("return z @ z.T", "z @ z.T"),
        "You compute the matrix, but return None. What does a function without a return statement return?",
    ),
    # more of positive_index
    Mistake(
        "beyond_the_last_row",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.arange(B, 3 * B, device=device)"),
        "You go B rows further everywhere, beyond row 2B - 1. Where does the second half find its partner?",
    ),
    Mistake(
        "first_half_only",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.arange(B, 2 * B, device=device)"),
        "You return the partners of z1's views only. How many views need a partner?",
    ),
    Mistake(
        "second_half_only",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.arange(B, device=device)"),
        "You return 0 … B-1 only. How many views need a partner?",
    ),
    Mistake(
        "rows_below_zero",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.arange(2 * B, device=device) - B"),
        "You go B rows up everywhere, so the first half gets numbers below 0. Where does the first half find its partner?",
    ),
    Mistake(
        "second_below_zero",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.cat([torch.arange(B, 2 * B, device=device), torch.arange(-B, 0, device=device)])",
        ),
        "Your second half has numbers below 0. Which rows are they, counted from the top?",
    ),
    Mistake(
        "distance_to_b",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "(torch.arange(2 * B, device=device) - B).abs()",
        ),
        "You take the distance from row B, which runs down and up again. What is the partner of row 0?",
    ),
    Mistake(
        "one_too_far",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "(torch.arange(2 * B, device=device) + B + 1) % (2 * B)",
        ),
        "You go one row too far. How many rows apart are the two views of one image?",
    ),
    Mistake(
        "one_too_near",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "(torch.arange(2 * B, device=device) + B - 1) % (2 * B)",
        ),
        "You stop one row too early. How many rows apart are the two views of one image?",
    ),
    Mistake(
        "modulo_one_less",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "(torch.arange(2 * B, device=device) + B) % (2 * B - 1)",
        ),
        "You take the remainder modulo 2B - 1. How many rows are there?",
    ),
    Mistake(
        "modulo_one_more",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "(torch.arange(2 * B, device=device) + B) % (2 * B + 1)",
        ),
        "You take the remainder modulo 2B + 1. How many rows are there?",
    ),
    Mistake(
        "one_row_down",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(-1)",
        ),
        "You name a neighbouring row. How far apart are the two views of one image?",
    ),
    Mistake(
        "float_index",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B).float()",
        ),
        "Your index has floating-point numbers. Which type can index a tensor?",
    ),
    Mistake(
        "int32_index",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B).int()",
        ),
        "Your index is int32. Which type does the docstring ask for?",
    ),
    Mistake(
        "one_hot_index",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.eye(2 * B, device=device).roll(B, 0)",
        ),
        "You return a matrix with a 1 for each partner. What shape does the docstring ask for?",
    ),
    Mistake(
        "one_hot_int",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.eye(2 * B, dtype=torch.int64, device=device).roll(B, 0)",
        ),
        "You return a matrix of int64 with a 1 for each partner. What shape does the docstring ask for?",
    ),
    Mistake(
        "bool_matrix",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.eye(2 * B, dtype=torch.bool, device=device).roll(B, 0)",
        ),
        "You return a matrix of True and False. Which shape and type does the docstring ask for?",
    ),
    Mistake(
        "index_as_a_column",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B)[:, None]",
        ),
        "Your index has the shape (2B, 1). Which shape does the docstring ask for?",
    ),
    Mistake(
        "index_as_a_row",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B)[None]",
        ),
        "Your index has the shape (1, 2B). Which shape does the docstring ask for?",
    ),
    Mistake(
        "index_as_a_table",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B).view(2, B)",
        ),
        "Your index has the shape (2, B). Which shape does the docstring ask for?",
    ),
    Mistake(
        "pairs_of_rows",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.stack([torch.arange(2 * B, device=device), torch.arange(2 * B, device=device).roll(B)], 1)",
        ),
        "You return pairs of a row and its partner. What shape does the docstring ask for?",
    ),
    Mistake(
        "index_as_a_list",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "[(i + B) % (2 * B) for i in range(2 * B)]"),
        "You return a list. Which type does the docstring ask for?",
    ),
    Mistake(
        "each_half_reversed",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).view(2, B).flip(1).flatten()",
        ),
        "You reverse each half by itself. Which half holds the other view of row 0?",
    ),
    Mistake(
        "zipped",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).view(2, B).T.flatten()",
        ),
        "You go through the two halves in turn, 0 B 1 B+1 …. What is the partner of row 0?",
    ),
    Mistake(
        "each_image_twice",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(B, device=device).repeat_interleave(2)",
        ),
        "You return 0 0 1 1 …, the number of an image twice. What is the partner of row 0?",
    ),
    Mistake(
        "second_minus_one",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.cat([torch.arange(B, 2 * B, device=device), torch.arange(B, device=device) - 1])",
        ),
        "Your second half is one row too low. What is the partner of row B?",
    ),
    Mistake(
        "all_zero",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.zeros(2 * B, dtype=torch.int64, device=device)",
        ),
        "You name row 0 as the partner of every view. What is the partner of row 1?",
    ),
    Mistake(
        "all_b",
        "positive_index",
        ("torch.arange(2 * B, device=device).roll(B)", "torch.full((2 * B,), B, device=device)"),
        "You name row B as the partner of every view. What is the partner of row 1?",
    ),
    Mistake(
        "counted_from_one",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B) + 1",
        ),
        "You count the rows from 1. What is the number of the first row in Python?",
    ),
    Mistake(
        "rolled_by_half",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B // 2)",
        ),
        "You shift by half of B. How far apart are the two views of one image?",
    ),
    Mistake(
        "b_is_all_views",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(B, device=device).roll(B // 2)",
        ),
        "You treat B as the number of views. What does B count?",
    ),
    Mistake(
        "swapped_neighbours_of_halves",
        "positive_index",
        (
            "torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B) ^ 1",
        ),
        "You exchange neighbours after the shift. What is the partner of row 0?",
    ),
    Mistake(
        "index_missing",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            "torch.arange(2 * B, device=device).roll(B)",
        ),
        "You compute the index, but return None. What does a function without a return statement return?",
    ),
    # more of candidate_logits
    Mistake(
        "mask_of_minus_1_0",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1.0)"),
        "You write -1 on the diagonal, but the docstring asks for -inf. What is exp(-1), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_10_0",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -10.0)"),
        "You write -10 on the diagonal, but the docstring asks for -inf. What is exp(-10), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_50_0",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -50.0)"),
        "You write -50 on the diagonal, but the docstring asks for -inf. What is exp(-50), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e3",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e3)"),
        "You write -1000 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e5",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e5)"),
        "You write a number of about -1e5 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e6",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e6)"),
        "You write -1e6 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e8",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e8)"),
        "You write -1e8 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e10",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e10)"),
        "You write -1e10 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e12",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e12)"),
        "You write -1e12 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e15",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e15)"),
        "You write -1e15 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e20",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e20)"),
        "You write -1e20 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_1e30",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e30)"),
        "You write -1e30 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_minus_65504_0",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -65504.0)"),
        "You write -65504, the most negative number of float16, on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "mask_of_1_0",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, 1.0)"),
        "You write 1 on the diagonal, but the docstring asks for -inf. What is exp(1), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "mask_before_dividing_1e9",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits.masked_fill(itself, -1e9 / temperature)",
        ),
        "You write -1e9 on the diagonal and then divide by the temperature, so it is not -inf. What share would the softmax give the view itself if all other logits were as small?",
        trains=True,
    ),
    Mistake(
        "mask_before_dividing_1e4",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits.masked_fill(itself, -1e4 / temperature)",
        ),
        "You write -1e4 on the diagonal and then divide by the temperature, so it is not -inf. What share would the softmax give the view itself if all other logits were as small?",
        trains=True,
    ),
    Mistake(
        "mask_before_dividing_1e10",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits.masked_fill(itself, -1e10 / temperature)",
        ),
        "You write -1e10 on the diagonal and then divide by the temperature, so it is not -inf. What share would the softmax give the view itself if all other logits were as small?",
        trains=True,
    ),
    Mistake(
        "mask_before_dividing_1e6",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits.masked_fill(itself, -1e6 / temperature)",
        ),
        "You write -1e6 on the diagonal and then divide by the temperature, so it is not -inf. What share would the softmax give the view itself if all other logits were as small?",
        trains=True,
    ),
    Mistake(
        "mask_before_dividing_100_0",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits.masked_fill(itself, -100.0 / temperature)",
        ),
        "You write -100 on the diagonal and then divide by the temperature, so it is not -inf. What share would the softmax give the view itself if all other logits were as small?",
        trains=True,
    ),
    Mistake(
        "mask_before_dividing_10_0",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits.masked_fill(itself, -10.0 / temperature)",
        ),
        "You write -10 on the diagonal and then divide by the temperature, so it is not -inf. What share would the softmax give the view itself if all other logits were as small?",
        trains=True,
    ),
    Mistake(
        "mask_of_inf",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', 'logits.masked_fill(itself, float("inf"))'),
        "You write +inf on the diagonal, so the view itself outweighs every candidate and its softmax is NaN. Which logit adds nothing to the sum?",
    ),
    Mistake(
        "mask_of_nan",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', 'logits.masked_fill(itself, float("nan"))'),
        "You write NaN on the diagonal, and NaN makes a whole softmax NaN. Which logit adds nothing to the sum?",
    ),
    Mistake(
        "largest_of_each_row_masked",
        "candidate_logits",
        (MASK, 'logits.scatter(1, logits.argmax(1, keepdim=True), float("-inf"))'),
        "You leave out the largest entry of each row, which need not be the view itself: two views may be equal, or the numbers may not be cosines. Where does a view meet itself?",
        trains=True,
    ),
    Mistake(
        "eye_times_inf",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits + torch.eye(len(logits), device=logits.device) * float("-inf")',
        ),
        "Everything but the diagonal is NaN, as when 0 is multiplied by -inf. How do you put -inf on the diagonal only?",
        overflows=True,
    ),
    Mistake(
        "eye_subtracted",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits - torch.eye(len(logits), device=logits.device)",
        ),
        "You subtract 1 on the diagonal. Which logit adds nothing to the sum?",
        trains=True,
    ),
    Mistake(
        "eye_over_tau_subtracted",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits - torch.eye(len(logits), device=logits.device) / temperature",
        ),
        "You subtract 1 / tau on the diagonal, so a cosine of 1 gives a logit of 0. What is exp(0), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "only_itself",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', 'logits.masked_fill(~itself, float("-inf"))'),
        "You leave out everything but the view itself. Which entries are the candidates?",
    ),
    Mistake(
        "only_the_positive_left_out",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself.roll(len(itself) // 2, 0), float("-inf"))',
        ),
        "You leave out the positive and keep the view itself. Which k does equation 1 leave out?",
    ),
    Mistake(
        "same_half_left_out",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself | (torch.arange(len(itself), device=logits.device)[:, None] // (len(itself) // 2) == torch.arange(len(itself), device=logits.device) // (len(itself) // 2)), float("-inf"))',
        ),
        "You leave out all views of the same half. Which single entry of each row must go?",
        trains=True,
    ),
    Mistake(
        "next_row_left_out",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself.roll(1, 0), float("-inf"))',
        ),
        "You leave out the entry next to the diagonal. Which k does equation 1 leave out?",
    ),
    Mistake(
        "other_diagonal",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself.flip(1), float("-inf"))',
        ),
        "You leave out the diagonal from the other corner. Which k does equation 1 leave out?",
    ),
    Mistake(
        "lower_triangle_left_out",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(torch.ones_like(itself).tril(), float("-inf"))',
        ),
        "You leave out the diagonal and everything below it, so the last row has no candidates. Which single entry of each row must go?",
    ),
    Mistake(
        "above_the_diagonal_left_out",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(torch.ones_like(itself).triu(1), float("-inf"))',
        ),
        "You leave out everything above the diagonal, and keep the diagonal. Which single entry of each row must go?",
    ),
    Mistake(
        "below_the_diagonal_left_out",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(torch.ones_like(itself).tril(-1), float("-inf"))',
        ),
        "You leave out everything below the diagonal, and keep the diagonal. Which single entry of each row must go?",
    ),
    Mistake(
        "first_half_masked",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself & (torch.arange(len(itself), device=logits.device) < len(itself) // 2), float("-inf"))',
        ),
        "You leave out the view itself in the first half only. How many rows have a diagonal entry?",
        trains=True,
    ),
    Mistake(
        "second_half_masked",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself & (torch.arange(len(itself), device=logits.device) >= len(itself) // 2), float("-inf"))',
        ),
        "You leave out the view itself in the second half only. How many rows have a diagonal entry?",
        trains=True,
    ),
    Mistake(
        "first_entry_masked",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself & (torch.arange(len(itself), device=logits.device) == 0), float("-inf"))',
        ),
        "You leave out the view itself in row 0 only. How many rows have a diagonal entry?",
        trains=True,
    ),
    Mistake(
        "first_column_left_out",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill((torch.arange(len(itself), device=logits.device) == 0) & torch.ones_like(itself), float("-inf"))',
        ),
        "You leave out column 0 in every row. Which column holds the view itself in row 1?",
    ),
    Mistake(
        "diagonal_taken_out",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            "logits[~itself].view(len(logits), len(logits) - 1)",
        ),
        "You take the diagonal out, so a row has 2B - 1 entries and the columns after it move left. What shape does the docstring ask for?",
    ),
    Mistake(
        "diagonal_taken_out_flat",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits[~itself]"),
        "You take the diagonal out, and one long row is left. What shape does the docstring ask for?",
    ),
    Mistake(
        "mask_returned",
        "candidate_logits",
        ('return logits.masked_fill(itself, float("-inf"))', "return itself"),
        "You return the mask. What does the docstring ask for?",
    ),
    Mistake(
        "softmax_taken",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself, float("-inf")).softmax(1)',
        ),
        "You return the softmax. Which step takes it: this one, or the cross entropy?",
        trains=True,
    ),
    Mistake(
        "log_softmax_taken",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself, float("-inf")).log_softmax(1)',
        ),
        "You return the log of the softmax. What does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "exp_taken",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself, float("-inf")).exp()',
        ),
        "You return the exp of the logits. In which step does the exp come?",
        trains=True,
    ),
    Mistake(
        "similarity_changed",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            """similarity.fill_diagonal_(float('-inf'))
    logits = similarity / temperature""",
        ),
        "You write into the similarities that you were given. Who else may still need them, and what does autograd say about it?",
    ),
    Mistake(
        "similarity_divided_in_place",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            """similarity /= temperature
    logits = similarity""",
        ),
        "You change the similarities that you were given, in place. Who else may still need them, and what does autograd say about it?",
    ),
    Mistake(
        "squared_temperature",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity / temperature**2"),
        "You divide by the square of the temperature. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "one_plus_temperature",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity / (1 + temperature)"),
        "You divide by 1 + tau. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "minus_temperature",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity - temperature"),
        "You subtract the temperature. What does equation 1 do with it?",
        trains=True,
    ),
    Mistake(
        "plus_temperature",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity + temperature"),
        "You add the temperature. What does equation 1 do with it?",
        trains=True,
    ),
    Mistake(
        "half_of_the_logits",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity / 2 / temperature"),
        "You divide by 2 tau. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "twice_the_logits",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = 2 * similarity / temperature"),
        "You divide by half of tau. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "minus_the_logits",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = -similarity / temperature"),
        "You reverse the sign. Should a similar view have a large logit or a small one?",
        trains=True,
    ),
    Mistake(
        "one_minus_similarity",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = (1 - similarity) / temperature"),
        "You take 1 minus the similarity. Should a similar view have a large logit or a small one?",
        trains=True,
    ),
    Mistake(
        "similarity_minus_one",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = (similarity - 1) / temperature"),
        "You subtract 1 from the similarity. Does equation 1 do so?",
        trains=True,
    ),
    Mistake(
        "similarity_moved",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = (1 + similarity) / 2 / temperature"),
        "You map the similarity to [0, 1] first. Does equation 1 do so?",
        trains=True,
    ),
    Mistake(
        "absolute_similarity",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity.abs() / temperature"),
        "You drop the sign of the similarity. What is the logit of an opposite view?",
        trains=True,
    ),
    Mistake(
        "similarity_cut",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity.relu() / temperature"),
        "You replace a similarity below 0 by 0. What is the logit of an opposite view?",
        trains=True,
    ),
    Mistake(
        "exp_before_dividing",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity.exp() / temperature"),
        "You take the exp before you divide. What does equation 1 take the exp of?",
        trains=True,
    ),
    Mistake(
        "upside_down",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = temperature / similarity"),
        "You divide the temperature by the similarity. Which of them is the denominator in equation 1?",
        trains=True,
    ),
    Mistake(
        "exp_of_temperature",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            "logits = similarity / similarity.new_tensor(temperature).exp()",
        ),
        "You divide by the exp of the temperature. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "times_exp_of_temperature",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            "logits = similarity * similarity.new_tensor(temperature).exp()",
        ),
        "You multiply by the exp of the temperature, as CLIP does with its scale. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "row_normalized",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            "logits = similarity / similarity.norm(dim=1, keepdim=True) / temperature",
        ),
        "You divide each row by its length as well. What does equation 1 divide by, besides tau?",
        trains=True,
    ),
    Mistake(
        "mean_subtracted",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            "logits = (similarity - similarity.mean()) / temperature",
        ),
        "You subtract the mean of all similarities. Does equation 1 do so?",
        trains=True,
    ),
    Mistake(
        "largest_subtracted",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            "logits = (similarity - similarity.max()) / temperature",
        ),
        "You subtract the largest of all similarities. The softmax is the same, but what does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "largest_of_row_subtracted",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            "logits = (similarity - similarity.max(1, keepdim=True).values) / temperature",
        ),
        "You subtract the largest similarity of each row. The softmax is the same, but what does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "largest_of_column_subtracted",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            "logits = (similarity - similarity.max(0).values) / temperature",
        ),
        "You subtract the largest similarity of each column. Over what does the softmax run?",
        trains=True,
    ),
    Mistake(
        "tenth_temperature",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity / 0.1"),
        "You divide by 0.1, whatever the temperature is. Where should the argument go?",
        trains=True,
    ),
    Mistake(
        "moco_temperature",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity / 0.07"),
        "You divide by 0.07, whatever the temperature is. Where should the argument go?",
        trains=True,
    ),
    Mistake(
        "fifth_temperature",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity / 0.2"),
        "You divide by 0.2, whatever the temperature is. Where should the argument go?",
        trains=True,
    ),
    Mistake(
        "least_temperature",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity / max(temperature, 0.1)"),
        "You do not let the temperature fall below 0.1. What does equation 1 divide by?",
        trains=True,
    ),
    Mistake(
        "whole_logits",
        "candidate_logits",
        ("logits = similarity / temperature", "logits = similarity // temperature"),
        "You round the logits down. Which operator divides exactly?",
    ),
    Mistake(
        "positive_divided_only",
        "candidate_logits",
        (
            "logits = similarity / temperature",
            """logits = similarity.clone()
    pair = torch.eye(len(logits), dtype=torch.bool, device=logits.device).roll(len(logits) // 2, 0)
    logits[pair] = logits[pair] / temperature""",
        ),
        "You divide only the positive by the temperature. Which terms of equation 1 contain tau?",
        trains=True,
    ),
    Mistake(
        "logits_in_float32",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself, float("-inf")).float()',
        ),
        "You convert the logits to float32. Which type does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "logits_in_float64",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself, float("-inf")).double()',
        ),
        "You convert the logits to float64. Which type does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "logits_in_float16",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself, float("-inf")).half()',
        ),
        "You convert the logits to float16. Which type does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "logits_missing",
        "candidate_logits",
        (
            'return logits.masked_fill(itself, float("-inf"))',
            'logits.masked_fill(itself, float("-inf"))',
        ),
        "You compute the logits, but return None. What does a function without a return statement return?",
    ),
    # more of nt_xent_loss
    Mistake(
        "first_view_only",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z1, z1)"),
        "You compare z1 with itself, so z2 has no part in the loss. Which views should find each other?",
        trains=True,
    ),
    Mistake(
        "second_view_only",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z2, z2)"),
        "You compare z2 with itself, so z1 has no part in the loss. Which views should find each other?",
        trains=True,
    ),
    Mistake(
        "first_view_stopped",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z1.detach(), z2)"),
        "You stop the gradient of the first view. Does SimCLR stop any?",
        trains=True,
    ),
    Mistake(
        "both_views_stopped",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z1.detach(), z2.detach())"),
        "No gradient reaches z1 or z2: you detach them or the loss, or turn gradients off. What could the encoder learn from?",
    ),
    Mistake(
        "loss_is_a_float",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target).item()",
        ),
        "You return a plain float, which has no gradient. What does backward() need?",
    ),
    Mistake(
        "losses_of_all_views",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            'return F.cross_entropy(candidate_logits(similarity, temperature), target, reduction="none")',
        ),
        "You return a loss for each view. How many numbers does the docstring ask for?",
    ),
    Mistake(
        "loss_in_a_row",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)[None]",
        ),
        "You return a row with one number. What is a scalar?",
    ),
    Mistake(
        "loss_and_logits",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return F.cross_entropy(logits, target), logits""",
        ),
        "You return two things. What does the docstring ask for?",
    ),
    Mistake(
        "loss_missing",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "loss = F.cross_entropy(candidate_logits(similarity, temperature), target)",
        ),
        "You compute the loss, but return None. What does a function without a return statement return?",
    ),
    Mistake(
        "loss_not_averaged_over_pairs",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target) / 2",
        ),
        "You divide by 2 once more than Algorithm 1 does. Which division is one too many?",
        trains=True,
    ),
    Mistake(
        "divided_by_views_twice",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target) / (2 * len(z1))",
        ),
        "You divide by the number of views twice. What does cross_entropy do already?",
        trains=True,
    ),
    Mistake(
        "divided_by_images_twice",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target) / len(z1)",
        ),
        "You divide the mean by the number of images again. What does cross_entropy do already?",
        trains=True,
    ),
    Mistake(
        "divided_by_candidates",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            'return F.cross_entropy(candidate_logits(similarity, temperature), target, reduction="sum") / (2 * len(z1) - 1)',
        ),
        "You divide by 2B - 1, the number of candidates. Over how many anchors is the mean?",
        trains=True,
    ),
    Mistake(
        "divided_by_negatives",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            'return F.cross_entropy(candidate_logits(similarity, temperature), target, reduction="sum") / (2 * len(z1) - 2)',
        ),
        "You divide by 2B - 2, the number of negatives. Over how many anchors is the mean?",
        trains=True,
    ),
    Mistake(
        "divided_by_temperature",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target) / temperature",
        ),
        "You divide the loss by the temperature. What does equation 1 divide by the temperature?",
        trains=True,
    ),
    Mistake(
        "other_direction",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return F.cross_entropy(logits[len(z1) :], target[len(z1) :])""",
        ),
        "You use only z2's views as anchors. Over how many anchors does Algorithm 1 take the mean?",
        trains=True,
    ),
    Mistake(
        "clip_one_way",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(similarity[: len(z1), len(z1) :] / temperature, target[len(z1) :])",
        ),
        "You use z1's views as anchors and z2's as candidates, and nothing else. How many anchors and candidates are there?",
        trains=True,
    ),
    Mistake(
        "clip_other_way",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(similarity[len(z1) :, : len(z1)] / temperature, target[len(z1) :])",
        ),
        "You use z2's views as anchors and z1's as candidates, and nothing else. How many anchors and candidates are there?",
        trains=True,
    ),
    Mistake(
        "clip_added",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """cross = similarity[: len(z1), len(z1) :] / temperature
    target = target[len(z1) :]
    return F.cross_entropy(cross, target) + F.cross_entropy(cross.T, target)""",
        ),
        "You take only the other view's rows as candidates, and add both directions. How many candidates does an anchor have, and how do you take the mean?",
        trains=True,
    ),
    Mistake(
        "negatives_of_the_same_view",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    B = len(z1)
    positive = logits.gather(1, target[:, None])
    same = torch.cat([logits[:B, :B], logits[B:, B:]])
    return (torch.cat([positive, same], 1).logsumexp(1) - positive[:, 0]).mean()""",
        ),
        "You take the negatives from the anchor's own view only. How many negatives does an anchor have in the other view?",
        trains=True,
    ),
    Mistake(
        "cross_decoupled",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """cross = similarity[: len(z1), len(z1) :] / temperature
    positive = cross.diagonal()
    rest = cross.masked_fill(torch.eye(len(cross), dtype=torch.bool, device=cross.device), -torch.inf)
    return (rest.logsumexp(1) - positive).mean()""",
        ),
        "You take the negatives from the other view only, and leave the positive out of the sum. Which k does equation 1 leave out?",
        trains=True,
    ),
    Mistake(
        "one_softmax_for_all",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return (logits.flatten().logsumexp(0) - logits.gather(1, target[:, None])).mean()""",
        ),
        "You take one softmax over the whole matrix. Over which candidates does each anchor sum?",
        trains=True,
    ),
    Mistake(
        "mean_of_exponentials",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return (logits.logsumexp(1) - similarity.new_tensor(len(logits) - 1).log() - logits.gather(1, target[:, None])[:, 0]).mean()""",
        ),
        "You take the mean of the exponentials where equation 1 takes their sum. What is the loss if all views are equal?",
        trains=True,
    ),
    Mistake(
        "mean_of_exponentials_2b",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return (logits.logsumexp(1) - similarity.new_tensor(len(logits)).log() - logits.gather(1, target[:, None])[:, 0]).mean()""",
        ),
        "You take the mean of 2B exponentials where equation 1 takes their sum. What is the loss if all views are equal?",
        trains=True,
    ),
    Mistake(
        "attraction_only",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return -similarity.gather(1, target[:, None]).mean() / temperature",
        ),
        "Your loss is minus the mean logit of the positives. Where is the sum of equation 1, which keeps all views from becoming equal?",
        trains=True,
    ),
    Mistake(
        "attraction_without_tau",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return -similarity.gather(1, target[:, None]).mean()",
        ),
        "You use the cosines of the positives only. What keeps all views from becoming equal?",
        trains=True,
    ),
    Mistake(
        "one_minus_positive",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return 1 - similarity.gather(1, target[:, None]).mean()",
        ),
        "You return 1 minus the cosine of the positives. What keeps all views from becoming equal?",
        trains=True,
    ),
    Mistake(
        "repulsion_only",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return logits.logsumexp(1).mean()""",
        ),
        "You use the denominator only. What pulls the two views of an image together?",
        trains=True,
    ),
    Mistake(
        "log_missing_below",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return (logits.exp().sum(1) - logits.gather(1, target[:, None])[:, 0]).mean()""",
        ),
        "You forget the log of the sum. What does -log(a / b) become as a difference?",
        trains=True,
    ),
    Mistake(
        "sum_without_exp",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = similarity / temperature
    off = logits.sum(1) - logits.diagonal()
    return -(logits.gather(1, target[:, None])[:, 0] / off).mean()""",
        ),
        "You divide similarities, with neither exp nor log. What does equation 1 take the log of?",
        trains=True,
    ),
    Mistake(
        "one_minus_probability",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1)
    return 1 - p.gather(1, target[:, None]).mean()""",
        ),
        "You return 1 minus the probability. Where is the log of equation 1?",
        trains=True,
    ),
    Mistake(
        "squared_error",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1)
    return ((1 - p.gather(1, target[:, None])) ** 2).mean()""",
        ),
        "You return the squared error of the probability. Where is the log of equation 1?",
        trains=True,
    ),
    Mistake(
        "mean_of_all_logs",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).log_softmax(1)
    off = ~torch.eye(len(p), dtype=torch.bool, device=p.device)
    return -p[off].mean()""",
        ),
        "You average the log of every candidate, not of the positive. Which candidate is the right answer?",
        trains=True,
    ),
    Mistake(
        "no_candidate_step",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(similarity, target)",
        ),
        "You take the softmax of the cosines themselves. Where is the temperature, and where do you leave out the view itself?",
        trains=True,
    ),
    Mistake(
        "always_tenth",
        "nt_xent_loss",
        ("candidate_logits(similarity, temperature)", "candidate_logits(similarity, 0.1)"),
        "You always use 0.1. Where should the caller's temperature go?",
        trains=True,
    ),
    Mistake(
        "always_moco",
        "nt_xent_loss",
        ("candidate_logits(similarity, temperature)", "candidate_logits(similarity, 0.07)"),
        "You always use 0.07. Where should the caller's temperature go?",
        trains=True,
    ),
    Mistake(
        "always_fifth",
        "nt_xent_loss",
        ("candidate_logits(similarity, temperature)", "candidate_logits(similarity, 0.2)"),
        "You always use 0.2. Where should the caller's temperature go?",
        trains=True,
    ),
    Mistake(
        "always_one",
        "nt_xent_loss",
        ("candidate_logits(similarity, temperature)", "candidate_logits(similarity, 1.0)"),
        "You always use 1.0. Where should the caller's temperature go?",
        trains=True,
    ),
    Mistake(
        "default_of_tenth",
        "nt_xent_loss",
        ("temperature: float = 0.5", "temperature: float = 0.1"),
        "You give the temperature the default 0.1. Which default does the signature promise?",
        trains=True,
    ),
    Mistake(
        "default_of_moco",
        "nt_xent_loss",
        ("temperature: float = 0.5", "temperature: float = 0.07"),
        "You give the temperature the default 0.07. Which default does the signature promise?",
        trains=True,
    ),
    Mistake(
        "default_of_fifth",
        "nt_xent_loss",
        ("temperature: float = 0.5", "temperature: float = 0.2"),
        "You give the temperature the default 0.2. Which default does the signature promise?",
        trains=True,
    ),
    Mistake(
        "default_of_one",
        "nt_xent_loss",
        ("temperature: float = 0.5", "temperature: float = 1.0"),
        "You give the temperature the default 1.0. Which default does the signature promise?",
        trains=True,
    ),
    Mistake(
        "temperature_on_sum_only",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    positive = similarity.gather(1, target[:, None])[:, 0]
    return (logits.logsumexp(1) - positive).mean()""",
        ),
        "You divide the sum by the temperature, but not the positive. Where does tau appear in equation 1?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_1e3",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -(p + 1e-3).log().mean()""",
        ),
        "You add 1e-3 before the log, so a bad pair never costs more than 6.9. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "least_probability_1e3",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -p.clamp(min=1e-3).log().mean()""",
        ),
        "You do not let the probability fall below 1e-3, so a bad pair never costs more than 6.9. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_1e4",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -(p + 1e-4).log().mean()""",
        ),
        "You add 1e-4 before the log, so a bad pair never costs more than 9.2. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "least_probability_1e4",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -p.clamp(min=1e-4).log().mean()""",
        ),
        "You do not let the probability fall below 1e-4, so a bad pair never costs more than 9.2. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_1e5",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -(p + 1e-5).log().mean()""",
        ),
        "You add 1e-5 before the log, so a bad pair never costs more than 11.5. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "least_probability_1e5",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -p.clamp(min=1e-5).log().mean()""",
        ),
        "You do not let the probability fall below 1e-5, so a bad pair never costs more than 11.5. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_1e7",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -(p + 1e-7).log().mean()""",
        ),
        "You add 1e-7 before the log, so a bad pair never costs more than 16.1. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "least_probability_1e7",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -p.clamp(min=1e-7).log().mean()""",
        ),
        "You do not let the probability fall below 1e-7, so a bad pair never costs more than 16.1. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_1e8",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -(p + 1e-8).log().mean()""",
        ),
        "You add 1e-8 before the log, so a bad pair never costs more than 18.4. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "least_probability_1e8",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -p.clamp(min=1e-8).log().mean()""",
        ),
        "You do not let the probability fall below 1e-8, so a bad pair never costs more than 18.4. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_1e9",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -(p + 1e-9).log().mean()""",
        ),
        "You add 1e-9 before the log, so a bad pair never costs more than 20.7. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "least_probability_1e9",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -p.clamp(min=1e-9).log().mean()""",
        ),
        "You do not let the probability fall below 1e-9, so a bad pair never costs more than 20.7. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_1e10",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -(p + 1e-10).log().mean()""",
        ),
        "You add 1e-10 before the log, so a bad pair never costs more than 23.0. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "least_probability_1e10",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -p.clamp(min=1e-10).log().mean()""",
        ),
        "You do not let the probability fall below 1e-10, so a bad pair never costs more than 23.0. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_1e12",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -(p + 1e-12).log().mean()""",
        ),
        "You add 1e-12 before the log, so a bad pair never costs more than 27.6. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "least_probability_1e12",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """p = candidate_logits(similarity, temperature).softmax(1).gather(1, target[:, None])
    return -p.clamp(min=1e-12).log().mean()""",
        ),
        "You do not let the probability fall below 1e-12, so a bad pair never costs more than 27.6. What should it cost at tau = 0.01?",
        trains=True,
    ),
    Mistake(
        "largest_of_column_taken_away",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    logits = logits - logits.max(0).values
    return F.cross_entropy(logits, target)""",
        ),
        "You subtract the largest logit of each column. Over what does the softmax of an anchor run?",
        trains=True,
    ),
    Mistake(
        "largest_taken_away_below",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    positive = logits.gather(1, target[:, None])[:, 0]
    logits = logits - logits.max(1, keepdim=True).values
    return (logits.logsumexp(1) - positive).mean()""",
        ),
        "You subtract the largest logit in the sum, but not from the positive. When does the ratio stay the same?",
        trains=True,
    ),
    Mistake(
        "largest_taken_away_above",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    positive = (logits - logits.max(1, keepdim=True).values).gather(1, target[:, None])[:, 0]
    return (logits.logsumexp(1) - positive).mean()""",
        ),
        "You subtract the largest logit from the positive, but not in the sum. When does the ratio stay the same?",
        trains=True,
    ),
    Mistake(
        "hardest_anchor",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            'return F.cross_entropy(candidate_logits(similarity, temperature), target, reduction="none").max()',
        ),
        "You return the largest of the anchors' losses. What does Algorithm 1 do with the 2B losses?",
        trains=True,
    ),
    Mistake(
        "index_of_all_views",
        "nt_xent_loss",
        (
            "target = positive_index(len(z1), z1.device)",
            "target = positive_index(2 * len(z1), z1.device)",
        ),
        "You ask positive_index for 2B images. What is its B?",
    ),
    Mistake(
        "index_of_columns",
        "nt_xent_loss",
        (
            "target = positive_index(len(z1), z1.device)",
            "target = positive_index(z1.shape[1], z1.device)",
        ),
        "You ask positive_index for as many images as z1 has columns. What is its B?",
    ),
    Mistake(
        "index_of_half",
        "nt_xent_loss",
        (
            "target = positive_index(len(z1), z1.device)",
            "target = positive_index(len(z1) // 2, z1.device)",
        ),
        "You ask positive_index for half of the images. What is its B?",
    ),
    Mistake(
        "arguments_exchanged",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(target, candidate_logits(similarity, temperature))",
        ),
        "You pass the target as the logits. In which order does cross_entropy take its arguments?",
    ),
    Mistake(
        "temperature_first",
        "nt_xent_loss",
        ("candidate_logits(similarity, temperature)", "candidate_logits(temperature, similarity)"),
        "You pass the temperature as the similarities. In which order does candidate_logits take its arguments?",
    ),
    Mistake(
        "centred_views",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z1 - z1.mean(0), z2 - z2.mean(0))"),
        "You subtract the mean of each batch of views. Does equation 1 do so?",
        trains=True,
    ),
    Mistake(
        "columns_normalized_first",
        "nt_xent_loss",
        (
            "similarity_matrix(z1, z2)",
            "similarity_matrix(F.normalize(z1, dim=0), F.normalize(z2, dim=0))",
        ),
        "You normalise the columns of each batch first. Which dimension holds the numbers of one view?",
        trains=True,
    ),
    Mistake(
        "softmax_first",
        "nt_xent_loss",
        (
            "similarity_matrix(z1, z2)",
            "similarity_matrix(F.softmax(z1, dim=1), F.softmax(z2, dim=1))",
        ),
        "You take a softmax of each view first. Which vectors does sim(u, v) compare?",
        trains=True,
    ),
    Mistake(
        "shuffled_second_view",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z1, z2.roll(1, 0))"),
        "You shift the rows of z2, so the targets are other images. To which row of z2 does row b of z1 belong?",
    ),
    Mistake(
        "reversed_second_view",
        "nt_xent_loss",
        ("similarity_matrix(z1, z2)", "similarity_matrix(z1, z2.flip(0))"),
        "You reverse the rows of z2, so the targets are other images. To which row of z2 does row b of z1 belong?",
    ),
    Mistake(
        "views_changed",
        "nt_xent_loss",
        (
            "similarity = similarity_matrix(z1, z2)",
            """z1 /= z1.norm(dim=1, keepdim=True)
    z2 /= z2.norm(dim=1, keepdim=True)
    similarity = similarity_matrix(z1, z2)""",
        ),
        "You change z1 and z2 in place before you compare them. Who else may still need them, and what does autograd say about it?",
    ),
    Mistake(
        "denominator_detached",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return (logits.detach().logsumexp(1) - logits.gather(1, target[:, None])[:, 0]).mean()""",
        ),
        "You detach the denominator, so no negative is pushed away. What keeps all views from becoming equal?",
        trains=True,
    ),
    # more of similarity_matrix
    Mistake(
        "length_without_keepdim",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / z.norm(dim=1)"),
        "You divide (2B, d) by (2B,), which does not fit. How do you keep the dimension that the length is taken over?",
    ),
    Mistake(
        "lengths_of_each_without_keepdim",
        "similarity_matrix",
        ("z = torch.cat([z1, z2])", "z = torch.cat([z1 / z1.norm(dim=1), z2 / z2.norm(dim=1)])"),
        "You divide (B, d) by (B,), which does not fit. How do you keep the dimension that the length is taken over?",
    ),
    Mistake(
        "row_length_squared",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z @ z.T / z.norm(dim=1, keepdim=True) ** 2",
        ),
        "You divide by the squared length of the row's view. What does a cosine divide by, besides |u|?",
        trains=True,
    ),
    Mistake(
        "column_length_squared",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z @ z.T / z.norm(dim=1) ** 2",
        ),
        "You divide by the squared length of the column's view. What does a cosine divide by, besides |v|?",
        trains=True,
    ),
    Mistake(
        "across_twice",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    return torch.cat([a @ b.T, b @ a.T])""",
        ),
        "You compare each view with the other half only, so the matrix is (2B, B). With how many views is each view compared?",
    ),
    Mistake(
        "across_side_by_side",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    return torch.cat([a @ b.T, b @ a.T], dim=1)""",
        ),
        "You put the two comparisons of z1 and z2 side by side, so the matrix is (B, 2B). How many rows do 2B views make?",
    ),
    Mistake(
        "rows_of_first_only",
        "similarity_matrix",
        ("return z @ z.T", "return z[: len(z1)] @ z.T"),
        "Only z1's views have rows, so the matrix is (B, 2B). How many rows do 2B views make?",
    ),
    Mistake(
        "columns_of_second_only",
        "similarity_matrix",
        ("return z @ z.T", "return z @ z[len(z1) :].T"),
        "Only z2's views have columns, so the matrix is (2B, B). With how many views is each view compared?",
    ),
    Mistake(
        "block_not_turned",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    top = torch.cat([a @ a.T, a @ b.T], dim=1)
    return torch.cat([top, torch.cat([a @ b.T, b @ b.T], dim=1)])""",
        ),
        "You use the block of z1 with z2 for z2 with z1 as well, without transposing it. Is your matrix symmetric?",
        trains=True,
    ),
    Mistake(
        "bottom_blocks_exchanged",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    top = torch.cat([a @ a.T, a @ b.T], dim=1)
    return torch.cat([top, torch.cat([b @ b.T, b @ a.T], dim=1)])""",
        ),
        "You exchange the two blocks of z2's rows. Which columns hold z1's views?",
        trains=True,
    ),
    Mistake(
        "top_blocks_exchanged",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    top = torch.cat([a @ b.T, a @ a.T], dim=1)
    return torch.cat([top, torch.cat([b @ a.T, b @ b.T], dim=1)])""",
        ),
        "You exchange the two blocks of z1's rows. Which columns hold z1's views?",
        trains=True,
    ),
    Mistake(
        "first_block_twice",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    top = torch.cat([a @ a.T, a @ b.T], dim=1)
    return torch.cat([top, torch.cat([b @ a.T, a @ a.T], dim=1)])""",
        ),
        "You use the block of z1 with z1 for z2 with z2 as well. What belongs in the bottom right corner?",
        trains=True,
    ),
    Mistake(
        "across_block_everywhere",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    top = torch.cat([a @ b.T, a @ b.T], dim=1)
    return torch.cat([top, torch.cat([b @ a.T, b @ a.T], dim=1)])""",
        ),
        "You compare each view with the other half only, twice. What belongs on the diagonal?",
        trains=True,
    ),
    Mistake(
        "same_blocks_zero",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    top = torch.cat([0 * a @ a.T, a @ b.T], dim=1)
    return torch.cat([top, torch.cat([b @ a.T, 0 * b @ b.T], dim=1)])""",
        ),
        "The blocks of z1 with z1 and of z2 with z2 are 0. What is the cosine of two first views?",
        trains=True,
    ),
    Mistake(
        "cross_blocks_zero",
        "similarity_matrix",
        (
            "return z @ z.T",
            """a, b = z.chunk(2)
    top = torch.cat([a @ a.T, 0 * a @ b.T], dim=1)
    return torch.cat([top, torch.cat([0 * b @ a.T, b @ b.T], dim=1)])""",
        ),
        "The blocks of z1 with z2 are 0. What is the cosine of a first and a second view?",
        trains=True,
    ),
    Mistake(
        "length_plus_one",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / (z.norm(dim=1, keepdim=True) + 1.0)"),
        "You add 1 to every length, so the cosine of a vector with itself is below 1. How small must such a number be for a short vector?",
        trains=True,
    ),
    Mistake(
        "length_plus_tenth",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / (z.norm(dim=1, keepdim=True) + 0.1)"),
        "You add 0.1 to every length, so the cosine of a vector with itself is below 1. How small must such a number be for a short vector?",
        trains=True,
    ),
    Mistake(
        "length_plus_thousandth",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / (z.norm(dim=1, keepdim=True) + 1e-3)"),
        "You add 0.001 to every length, so the cosine of a vector with itself is below 1. How small must such a number be for a short vector?",
        trains=True,
    ),
    Mistake(
        "length_plus_1e4",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / (z.norm(dim=1, keepdim=True) + 1e-4)"),
        "You add 0.0001 to every length, so the cosine of a vector with itself is below 1. How small must such a number be for a short vector?",
        trains=True,
    ),
    Mistake(
        "length_plus_1e5",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = z / (z.norm(dim=1, keepdim=True) + 1e-5)"),
        "You add 0.00001 to every length, so the cosine of a vector with itself is below 1. How small must such a number be for a short vector?",
        trains=True,
    ),
    Mistake(
        "least_length_of_a_hundredth",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(z, dim=1, eps=1e-2)"),
        "You treat every length below 0.01 as 0.01. What is the cosine of two equal vectors of length 0.001?",
        trains=True,
    ),
    Mistake(
        "least_length_of_a_tenth",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(z, dim=1, eps=0.1)"),
        "You treat every length below 0.1 as 0.1. What is the cosine of two equal vectors of length 0.01?",
        trains=True,
    ),
    Mistake(
        "least_length_of_one",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(z, dim=1, eps=1.0)"),
        "You treat every length below 1 as 1. What is the cosine of two equal vectors of length 0.1?",
        trains=True,
    ),
    Mistake(
        "epsilon_on_product_1e6",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            """length = z.norm(dim=1)
    return z @ z.T / (length[:, None] * length + 1e-6)""",
        ),
        "You add 1e-6 to the product of the lengths, which shrinks the cosine of short vectors. How small is the product of two lengths of 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_on_product_1e4",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            """length = z.norm(dim=1)
    return z @ z.T / (length[:, None] * length + 1e-4)""",
        ),
        "You add 1e-4 to the product of the lengths, which shrinks the cosine of short vectors. How small is the product of two lengths of 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_on_product_1e3",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            """length = z.norm(dim=1)
    return z @ z.T / (length[:, None] * length + 1e-3)""",
        ),
        "You add 1e-3 to the product of the lengths, which shrinks the cosine of short vectors. How small is the product of two lengths of 0.01?",
        trains=True,
    ),
    Mistake(
        "epsilon_on_product_one",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            """length = z.norm(dim=1)
    return z @ z.T / (length[:, None] * length + 1.0)""",
        ),
        "You add 1.0 to the product of the lengths, which shrinks the cosine of short vectors. How small is the product of two lengths of 0.01?",
        trains=True,
    ),
    Mistake(
        "cosine_over_dimension_1",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return F.cosine_similarity(z[:, None], z[None])",
        ),
        "You let cosine_similarity add up over the rows, as dimension 1 does by default. Which dimension holds the numbers of one view after broadcasting?",
    ),
    # more of positive_index
    Mistake(
        "boundary_too_late",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """i = torch.arange(2 * B, device=device)
    return torch.where(i <= B, i + B, i - B)""",
        ),
        "You count row B to the first half. Which is the first row of the second half?",
    ),
    Mistake(
        "boundary_too_early",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """i = torch.arange(2 * B, device=device)
    return torch.where(i < B - 1, i + B, i - B)""",
        ),
        "You count row B - 1 to the second half. Which is the last row of the first half?",
    ),
    Mistake(
        "halves_confused",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """i = torch.arange(2 * B, device=device)
    return torch.where(i < B, i - B, i + B)""",
        ),
        "You go B rows up in the first half and B rows down in the second. In which direction is the partner of row 0?",
    ),
    Mistake(
        "first_one_too_far",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """f = torch.arange(B, device=device)
    return torch.cat([f + B + 1, f])""",
        ),
        "Your first half is one row too far down. What is the partner of row 0?",
    ),
    Mistake(
        "first_one_too_near",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """f = torch.arange(B, device=device)
    return torch.cat([f + B - 1, f])""",
        ),
        "Your first half is one row too near. What is the partner of row 0?",
    ),
    Mistake(
        "second_one_too_far",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """f = torch.arange(B, device=device)
    return torch.cat([f + B, f + 1])""",
        ),
        "Your second half is one row too far down. What is the partner of row B?",
    ),
    Mistake(
        "first_up_to_2b",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            "return torch.cat([torch.arange(B, 2 * B + 1, device=device), torch.arange(B, device=device)])",
        ),
        "Your first half has one number too many. Where does arange stop?",
    ),
    Mistake(
        "second_too_short",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            "return torch.cat([torch.arange(B, 2 * B, device=device), torch.arange(B - 1, device=device)])",
        ),
        "Your second half has one number too few. Where does arange stop?",
    ),
    Mistake(
        "first_too_short",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            "return torch.cat([torch.arange(B, 2 * B - 1, device=device), torch.arange(B, device=device)])",
        ),
        "Your first half has one number too few. Where does arange stop?",
    ),
    Mistake(
        "exclusive_or_b",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            "return torch.arange(2 * B, device=device) ^ B",
        ),
        "You flip the bits of B in each row number. For which B is that the same as adding or subtracting B?",
    ),
    Mistake(
        "remainder_of_b_minus_row",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """i = torch.arange(2 * B, device=device)
    return (B - i) % (2 * B)""",
        ),
        "You subtract the row number from B. In which direction do the partners run?",
    ),
    Mistake(
        "row_times_b",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """i = torch.arange(2 * B, device=device)
    return (i * B) % (2 * B)""",
        ),
        "You multiply the row number by B. How far down is the partner?",
    ),
    Mistake(
        "half_of_each_row",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """i = torch.arange(2 * B, device=device)
    return i // B""",
        ),
        "You return the half that a row is in. What is the partner of row 0?",
    ),
    Mistake(
        "other_half_of_each_row",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """i = torch.arange(2 * B, device=device)
    return (i // B + 1) % 2""",
        ),
        "You return the number of the other half. What is the partner of row 0?",
    ),
    Mistake(
        "start_of_other_half",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """i = torch.arange(2 * B, device=device)
    return (1 - i // B) * B""",
        ),
        "You return the first row of the other half. What is the partner of row 1?",
    ),
    # more of candidate_logits
    Mistake(
        "diagonal_overwritten_1e9",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    similarity.fill_diagonal_(-1e9)
    return similarity / temperature
""",
        "You write -1e9 into the diagonal of the similarities that you were given. Who else may still need them?",
    ),
    Mistake(
        "diagonal_overwritten_1e4",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    similarity.fill_diagonal_(-1e4)
    return similarity / temperature
""",
        "You write -1e4 into the diagonal of the similarities that you were given. Who else may still need them?",
    ),
    Mistake(
        "filled_after_dividing_in_place_1e9",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    similarity /= temperature
    return similarity.fill_diagonal_(-1e9)
""",
        "You change the similarities that you were given, and write -1e9 on their diagonal. Who else may still need them?",
    ),
    Mistake(
        "exp_with_diagonal",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    return torch.exp(similarity / temperature)
""",
        "You return the exp of the logits, and keep the view itself. In which step does the exp come?",
    ),
    Mistake(
        "softmax_with_diagonal",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    return torch.softmax(similarity / temperature, dim=1)
""",
        "You return a softmax in which each view itself gets the largest share. Which step takes the softmax, and which k does it leave out?",
    ),
    Mistake(
        "diagonal_of_softmax_zero",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    share = torch.softmax(similarity / temperature, dim=1)
    return share * (1 - torch.eye(len(share), device=share.device))
""",
        "You return a softmax and then write 0 on its diagonal. Which step takes the softmax?",
    ),
    Mistake(
        "temperature_and_mask_forgotten",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    return similarity.clone()
""",
        "You return the similarities as they are. What should change with the temperature, and which k must be left out?",
    ),
    Mistake(
        "multiplied_no_mask",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    return similarity * temperature
""",
        "You multiply by the temperature, and keep the view itself. What does equation 1 divide by, and which k does it leave out?",
    ),
    # more of nt_xent_loss
    Mistake(
        "tau_divides_the_loss",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, 1.0), target) / temperature",
        ),
        "You divide the loss by the temperature, not the similarities. Where does tau appear in equation 1?",
        trains=True,
    ),
    Mistake(
        "tau_multiplies_the_loss",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, 1.0), target) * temperature",
        ),
        "You multiply the loss by the temperature, and leave the similarities as they are. Where does tau appear in equation 1?",
        trains=True,
    ),
    Mistake(
        "targets_in_every_row",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return -logits.log_softmax(1)[:, target].mean()""",
        ),
        "You pick the columns of all targets in every row, including a view's own, so the loss is infinite. How do you pick one entry of each row?",
        overflows=True,
    ),
    Mistake(
        "sign_of_positive",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return (logits.logsumexp(1) + logits.gather(1, target[:, None])[:, 0]).mean()""",
        ),
        "You add the positive to the log of the sum. What is -log(a / b) as a difference?",
        trains=True,
    ),
    Mistake(
        "sign_of_sum",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return -(logits.logsumexp(1) + logits.gather(1, target[:, None])[:, 0]).mean()""",
        ),
        "You subtract both the positive and the log of the sum. What is -log(a / b) as a difference?",
        trains=True,
    ),
    Mistake(
        "triplet_instead",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return margin_triplet_loss(z1, z2)",
        ),
        "You return the margin triplet loss, which ignores the temperature. Which loss is NT-Xent?",
        trains=True,
    ),
    Mistake(
        "triplet_with_tau",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return margin_triplet_loss(z1, z2, temperature)",
        ),
        "You return the margin triplet loss, with the temperature as its margin. Which loss is NT-Xent?",
        trains=True,
    ),
    Mistake(
        "logistic_instead",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return nt_logistic_loss(z1, z2, temperature)",
        ),
        "You return NT-Logistic, which judges each pair alone. What must the positive compete with in equation 1?",
        trains=True,
    ),
    Mistake(
        "log_of_inverse",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    p = logits.softmax(1).gather(1, target[:, None])
    return (1 / p).mean().log()""",
        ),
        "You average 1 / p and then take the log. Which of the two comes first in the paper?",
        trains=True,
    ),
    Mistake(
        "sum_of_probabilities_log",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    p = logits.softmax(1).gather(1, target[:, None])
    return -p.sum().log()""",
        ),
        "You add up the probabilities and then take the log. Which of the two comes first in the paper?",
        trains=True,
    ),
    Mistake(
        "positives_averaged_first",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return (logits.exp().sum(1).mean().log() - logits.gather(1, target[:, None]).mean())""",
        ),
        "You average the sums before you take their log. Which of the two comes first in the paper?",
        trains=True,
    ),
    Mistake(
        "length_without_keepdim_inside",
        "nt_xent_loss",
        (
            "similarity = similarity_matrix(z1, z2)",
            "similarity = similarity_matrix(z1 / z1.norm(dim=1), z2 / z2.norm(dim=1))",
        ),
        "You divide (B, d) by (B,), and similarity_matrix normalises already. What is left to do for the loss?",
    ),
    Mistake(
        "stacked_length_without_keepdim",
        "nt_xent_loss",
        (
            "similarity = similarity_matrix(z1, z2)",
            """z = torch.cat([z1, z2])
    z = z / z.norm(dim=1)
    similarity = z @ z.T""",
        ),
        "You divide (2B, d) by (2B,), and similarity_matrix does all that already. Which function of yours can you call?",
    ),
    Mistake(
        "target_of_floats",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target.float())",
        ),
        "You convert the target to floating-point numbers. Which type does cross_entropy take for a class?",
    ),
    Mistake(
        "temperature_as_weight",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target, temperature)",
        ),
        "You pass the temperature to cross_entropy as well. What is its third argument?",
    ),
    Mistake(
        "index_without_b",
        "nt_xent_loss",
        ("target = positive_index(len(z1), z1.device)", "target = positive_index(z1, z1.device)"),
        "You pass z1 itself to positive_index. What is its B?",
    ),
    Mistake(
        "other_view_plus_own_row",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """cross = similarity[: len(z1)] / temperature
    itself = torch.eye(len(z1), len(similarity), dtype=torch.bool, device=cross.device)
    return F.cross_entropy(cross.masked_fill(itself, -torch.inf), target[: len(z1)]) * 2""",
        ),
        "Your loss is twice that of z1's views alone. Over how many anchors does Algorithm 1 take the mean?",
        trains=True,
    ),
    Mistake(
        "one_direction_over_views",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return F.cross_entropy(logits[: len(z1)], target[: len(z1)]) / 2""",
        ),
        "Your loss is half of that of z1's views alone. Over how many anchors does Algorithm 1 take the mean?",
        trains=True,
    ),
    Mistake(
        "one_direction_added",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return F.cross_entropy(logits[: len(z1)], target[: len(z1)], reduction="sum")""",
        ),
        "You add up the losses of z1's views. Over how many anchors does Algorithm 1 take the mean?",
        trains=True,
    ),
    Mistake(
        "directions_subtracted",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    B = len(z1)
    return F.cross_entropy(logits[:B], target[:B]) - F.cross_entropy(logits[B:], target[B:])""",
        ),
        "You subtract the loss of z2's views from that of z1's. How do you take the mean of both?",
    ),
    Mistake(
        "rows_of_target",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    return F.cross_entropy(logits[target], target)""",
        ),
        "You reorder the rows by the target, so each row's target is the view itself, and the loss is infinite. Which rows belong to which targets?",
        overflows=True,
    ),
    # more of similarity_matrix
    Mistake(
        "standardized_over_the_batch_first",
        "similarity_matrix",
        (
            "z = F.normalize(z, dim=1, eps=1e-8)",
            "z = F.normalize((z - z.mean(0)) / z.std(0), dim=1)",
        ),
        "You standardise each column over the batch before you normalise the rows. Does the cosine of two views depend on the other views?",
        trains=True,
    ),
    Mistake(
        "largest_cosine_subtracted",
        "similarity_matrix",
        ("return z @ z.T", "return z @ z.T - (z @ z.T).max()"),
        "You subtract the largest cosine, so a vector's similarity to itself is 0. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "mean_cosine_subtracted",
        "similarity_matrix",
        ("return z @ z.T", "return z @ z.T - (z @ z.T).mean()"),
        "You subtract the mean of all cosines. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "angle",
        "similarity_matrix",
        ("return z @ z.T", "return (z @ z.T).clamp(-0.999999, 0.999999).acos()"),
        "You return the angle. Which function of the angle is the cosine?",
        trains=True,
    ),
    Mistake(
        "relu_first",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(z.relu(), dim=1)"),
        "You replace the negative numbers of each view by 0 before you normalise it. What is the cosine of u and -u?",
        trains=True,
    ),
    Mistake(
        "tanh_first",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(z.tanh(), dim=1)"),
        "You apply a tanh to the views. Which vectors does sim(u, v) compare?",
        trains=True,
    ),
    Mistake(
        "sigmoid_first",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(z.sigmoid(), dim=1)"),
        "You apply a sigmoid to the views. Which vectors does sim(u, v) compare?",
        trains=True,
    ),
    Mistake(
        "normalized_softmax",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(F.softmax(z, dim=1), dim=1)"),
        "You take a softmax of each view before you normalise it. Which vectors does sim(u, v) compare?",
        trains=True,
    ),
    Mistake(
        "softmax_of_raw",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return F.softmax(z @ z.T, dim=1)",
        ),
        "You return a softmax of plain inner products. What does sim(u, v) divide by?",
        trains=True,
    ),
    Mistake(
        "normalized_both_ways",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(F.normalize(z, dim=1), dim=0)"),
        "You normalise the rows and then the columns. Which of them holds the numbers of one view?",
        trains=True,
    ),
    Mistake(
        "normalized_columns_then_rows",
        "similarity_matrix",
        ("z = F.normalize(z, dim=1, eps=1e-8)", "z = F.normalize(F.normalize(z, dim=0), dim=1)"),
        "You normalise the columns before the rows, so the direction of a view depends on the others. Which of them holds the numbers of one view?",
        trains=True,
    ),
    Mistake(
        "raw_across",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z[: len(z1)] @ z[len(z1) :].T",
        ),
        "You compare z1's views with z2's only, and take plain inner products. With how many views is each compared, and what does a cosine divide by?",
    ),
    Mistake(
        "raw_minus_distance",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return -((z[:, None] - z[None]).pow(2).sum(2) + 1e-12).sqrt()",
        ),
        "You return minus the distance between vectors that are not normalised. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "raw_minus_squared_distance",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return -(z[:, None] - z[None]).pow(2).sum(2)",
        ),
        "You return minus the squared distance between vectors that are not normalised. What is the cosine of a vector with itself?",
        trains=True,
    ),
    Mistake(
        "raw_columns_multiplied",
        "similarity_matrix",
        (
            """z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T""",
            "return z.T @ z",
        ),
        "You multiply in the other order, and normalise nothing, so the matrix is (d, d). Which product compares row with row?",
    ),
    # more of positive_index
    Mistake(
        "second_half_on_the_cpu",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            "return torch.cat([torch.arange(B, 2 * B, device=device), torch.arange(B)])",
        ),
        "One part of your index is on the CPU, whatever device is asked for. What does cat require of all its parts?",
        trains=True,
    ),
    Mistake(
        "half_of_b_further",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """first = torch.arange(B, device=device)
    return torch.cat([first + B // 2, first])""",
        ),
        "You add half of B in the first half. How far apart are the two views of one image?",
    ),
    Mistake(
        "twice_b_further",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """first = torch.arange(B, device=device)
    return torch.cat([first + 2 * B, first])""",
        ),
        "You add 2B in the first half. How far apart are the two views of one image?",
    ),
    Mistake(
        "mask_of_pairs",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            "return torch.eye(B, device=device).repeat(2, 2)",
        ),
        "You return a matrix with a 1 where two rows show the same image. What shape does the docstring ask for?",
    ),
    Mistake(
        "bool_mask_of_pairs",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            "return torch.eye(B, dtype=torch.bool, device=device).repeat(2, 2)",
        ),
        "You return a matrix of True and False for rows that show the same image. What shape does the docstring ask for?",
    ),
    Mistake(
        "mask_of_images",
        "positive_index",
        ("return torch.arange(2 * B, device=device).roll(B)", "return torch.eye(B, device=device)"),
        "You return the identity of B rows. What shape does the docstring ask for?",
    ),
    Mistake(
        "pairs_as_a_table",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """first = torch.arange(B, device=device)
    return torch.stack([first, first + B], 1)""",
        ),
        "You return the pairs of rows, one for each image. What shape does the docstring ask for?",
    ),
    Mistake(
        "two_indices",
        "positive_index",
        (
            "return torch.arange(2 * B, device=device).roll(B)",
            """first = torch.arange(B, device=device)
    return first + B, first""",
        ),
        "You return two indices. How do you join them into one?",
    ),
    # more of candidate_logits
    Mistake(
        "diagonal_of_minus_9e15",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -9e15)"),
        "You write -9e15 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "diagonal_of_minus_1e38",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -1e38)"),
        "You write -1e38 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "diagonal_of_minus_9e9",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -9e9)"),
        "You write -9e9 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "diagonal_of_minus_999",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -999.0)"),
        "You write -999.0 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "diagonal_of_minus_2",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -2.0)"),
        "You write -2.0 on the diagonal, but the docstring asks for -inf. What is exp(-2), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "diagonal_of_minus_5",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -5.0)"),
        "You write -5.0 on the diagonal, but the docstring asks for -inf. What is exp(-5), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "diagonal_of_minus_20",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -20.0)"),
        "You write -20.0 on the diagonal, but the docstring asks for -inf. What is exp(-20), and does that remove the view from the sum?",
        trains=True,
    ),
    Mistake(
        "diagonal_of_minus_500",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(itself, -500.0)"),
        "You write -500.0 on the diagonal, but the docstring asks for -inf. If all other logits were as small, what share would the softmax give the view itself?",
        trains=True,
    ),
    Mistake(
        "softmax_of_columns",
        "candidate_logits",
        (
            'return logits.masked_fill(itself, float("-inf"))',
            'return F.softmax(logits.masked_fill(itself, float("-inf")), dim=0)',
        ),
        "You return a softmax of each column. Which step takes the softmax?",
        trains=True,
    ),
    Mistake(
        "eye_of_images",
        "candidate_logits",
        (
            "itself = torch.eye(len(logits), dtype=torch.bool, device=logits.device)",
            "itself = torch.eye(len(logits) // 2, dtype=torch.bool, device=logits.device)",
        ),
        "Your mask has B rows, not 2B, so it does not fit. How many views are there?",
    ),
    Mistake(
        "inverse_mask_of_zero",
        "candidate_logits",
        ('logits.masked_fill(itself, float("-inf"))', "logits.masked_fill(~itself, 0.0)"),
        "You write 0 on everything but the diagonal. Which entries are the candidates?",
    ),
    Mistake(
        "logits_clamped",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.clamp(max=10.0).masked_fill(itself, float("-inf"))',
        ),
        "You do not let a logit exceed 10. What does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "logits_halved_by_mask",
        "candidate_logits",
        (
            'logits.masked_fill(itself, float("-inf"))',
            'logits.tril().masked_fill(itself, float("-inf"))',
        ),
        "The logits above the diagonal are 0. Which single entry of each row must go?",
        trains=True,
    ),
    # more of nt_xent_loss
    Mistake(
        "target_of_first_half",
        "nt_xent_loss",
        (
            "target = positive_index(len(z1), z1.device)",
            "target = torch.arange(len(z1), device=z1.device)",
        ),
        "You name B targets for 2B rows. How many views have a partner?",
    ),
    Mistake(
        "one_taken_from_the_sum",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """exp = (similarity / temperature).exp()
    return -(exp.gather(1, target[:, None])[:, 0] / (exp.sum(1) - 1)).log().mean()""",
        ),
        "You add up all candidates and subtract 1. What is the exp of a view's logit with itself?",
        trains=True,
    ),
    Mistake(
        "e_taken_from_the_sum",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """exp = (similarity / temperature).exp()
    return -(exp.gather(1, target[:, None])[:, 0] / (exp.sum(1) - torch.e)).log().mean()""",
        ),
        "You add up all candidates and subtract e. What is the exp of a view's logit with itself, at this temperature?",
        trains=True,
    ),
    Mistake(
        "sums_before_the_ratio",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    exp = logits.exp()
    return -(exp.gather(1, target[:, None]).sum() / exp.sum()).log()""",
        ),
        "You add up all positives and all candidates, and then take one ratio. Of how many ratios does the paper take the log?",
        trains=True,
    ),
    Mistake(
        "means_before_the_ratio",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    exp = logits.exp()
    return -(exp.gather(1, target[:, None]).mean() / exp.mean()).log()""",
        ),
        "You take one ratio of two means. Of how many ratios does the paper take the log?",
        trains=True,
    ),
    Mistake(
        "log10",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity, temperature), target) / torch.log(similarity.new_tensor(10.0))",
        ),
        "You use the logarithm to base 10. Which logarithm does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "squared_difference",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.mse_loss(z1, z2)",
        ),
        "You return the mean squared difference of z1 and z2. Where are the other candidates?",
    ),
    Mistake(
        "squared_difference_of_units",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.mse_loss(F.normalize(z1, dim=1), F.normalize(z2, dim=1))",
        ),
        "You return the mean squared difference of the unit vectors. Where are the other candidates?",
    ),
    Mistake(
        "squared_distance_of_views",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return (z1 - z2).pow(2).sum(1).mean()",
        ),
        "You return the squared distance between z1 and z2. Where are the other candidates?",
    ),
    Mistake(
        "nan_of_one_hot",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """logits = candidate_logits(similarity, temperature)
    onehot = F.one_hot(target, len(logits))
    return -(onehot * logits.log_softmax(1)).sum(1).mean()""",
        ),
        "Your loss is NaN or infinite at every temperature: 0 is multiplied by the -inf of the diagonal, or a view's own entry counts. How do you pick one entry of each row?",
        overflows=True,
    ),
    Mistake(
        "temperature_not_passed",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity), target)",
        ),
        "You call candidate_logits without the temperature. Which two arguments does it take?",
    ),
    Mistake(
        "joined_views_compared",
        "nt_xent_loss",
        (
            "similarity = similarity_matrix(z1, z2)",
            """z = torch.cat([z1, z2])
    similarity = similarity_matrix(z, z)""",
        ),
        "You join the views before similarity_matrix, which joins what it gets. How many rows does the result have?",
    ),
    Mistake(
        "joined_views_and_targets",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity_matrix(torch.cat([z1, z2]), torch.cat([z1, z2])), temperature), positive_index(2 * len(z1), z1.device))",
        ),
        "You join the views before similarity_matrix, so each view meets itself as its partner. What does similarity_matrix join?",
        trains=True,
    ),
    Mistake(
        "joined_crosswise_and_targets",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            "return F.cross_entropy(candidate_logits(similarity_matrix(torch.cat([z1, z2]), torch.cat([z2, z1])), temperature), positive_index(2 * len(z1), z1.device))",
        ),
        "You join the views in both orders before similarity_matrix, so each view is there twice. What does similarity_matrix join?",
        trains=True,
    ),
    Mistake(
        "one_similarity_argument",
        "nt_xent_loss",
        (
            "similarity = similarity_matrix(z1, z2)",
            "similarity = similarity_matrix(torch.cat([z1, z2]))",
        ),
        "You pass one tensor to similarity_matrix. Which two arguments does it take?",
    ),
    Mistake(
        "one_index_argument_missing",
        "nt_xent_loss",
        ("target = positive_index(len(z1), z1.device)", "target = positive_index()"),
        "You pass nothing to positive_index. What is its B?",
    ),
    Mistake(
        "index_of_a_shape",
        "nt_xent_loss",
        (
            "target = positive_index(len(z1), z1.device)",
            "target = positive_index(z1.shape, z1.device)",
        ),
        "You pass a shape to positive_index. Which of its two numbers is B?",
    ),
    Mistake(
        "binary_cross_entropy",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """exp = candidate_logits(similarity, temperature).sigmoid()
    onehot = F.one_hot(target, len(exp)).to(exp)
    return F.binary_cross_entropy(exp, onehot)""",
        ),
        "You judge each pair alone, with a binary cross entropy. What must the positive compete with in equation 1?",
        trains=True,
    ),
    Mistake(
        "mean_of_negatives",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """positive, negatives = positive_and_negatives(similarity / temperature)
    return (negatives.mean(1) - positive).mean()""",
        ),
        "You subtract the positive from the mean of the negatives, without exp and log. Which function does equation 1 apply to the sum?",
        trains=True,
    ),
    Mistake(
        "largest_negative",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """positive, negatives = positive_and_negatives(similarity / temperature)
    return (negatives.max(1).values - positive).mean()""",
        ),
        "You use only the hardest negative. Over which candidates does equation 1 sum?",
        trains=True,
    ),
    Mistake(
        "negatives_halved",
        "nt_xent_loss",
        (
            "return F.cross_entropy(candidate_logits(similarity, temperature), target)",
            """positive, negatives = positive_and_negatives(similarity / temperature)
    rest = torch.cat([positive[:, None], negatives[:, : len(z1) - 1]], 1)
    return (rest.logsumexp(1) - positive).mean()""",
        ),
        "You use only the first B - 1 negatives of each row. How many candidates does an anchor have?",
        trains=True,
    ),
    # one cosine of 1 too many, and numbers that are not -inf
    Mistake(
        "every_cosine_of_one_masked",
        "candidate_logits",
        (MASK, 'logits.masked_fill(itself | (similarity > 1 - 1e-6), float("-inf"))'),
        "You also leave out every other view whose cosine is 1. What if both views of an image are equal?",
        trains=True,
    ),
    Mistake(
        "only_cosines_of_one_masked",
        "candidate_logits",
        (MASK, 'logits.masked_fill(similarity > 1 - 1e-6, float("-inf"))'),
        "You leave out every entry with a cosine of 1. What if another view is equal, and what if rounding gives 0.9999?",
        trains=True,
    ),
    *(
        Mistake(
            f"{number}_taken_from_the_diagonal",
            "candidate_logits",
            (MASK, f"(similarity - {number} * itself.to(similarity)) / temperature"),
            f"You only subtract {number} from the diagonal before you divide, so a view keeps a share in its own softmax at a high temperature. Which logit adds exactly nothing?",
            trains=True,
        )
        for number in (2, 10, 100)
    ),
    *(
        Mistake(
            f"{number}_taken_from_the_logits",
            "candidate_logits",
            (MASK, f"logits - {number} * itself.to(logits)"),
            f"You only subtract {number} from the diagonal's logits. What is left of a view's own share, and which logit adds exactly nothing?",
            trains=True,
        )
        for number in (10, 100, 10000)
    ),
    Mistake(
        "bfloat16_kept",
        "similarity_matrix",
        (
            "z.to(torch.promote_types(z.dtype, torch.float32))",
            "z.float() if z.dtype == torch.float16 else z",
        ),
        "You widen float16 only. How many digits does bfloat16 have?",
        trains=True,
    ),
    # slips that show only in half precision, at one temperature, or in large batches
    Mistake(
        "none_is_the_cpu",
        "positive_index",
        ("device=device", 'device=device or "cpu"'),
        "Without a device, your index is on the CPU even if torch's default device is not the CPU. What does device=None mean to torch.arange?",
        trains=True,
    ),
    Mistake(
        "copied_unless_tau_is_one",
        "candidate_logits",
        """def candidate_logits(similarity, temperature):
    logits = similarity
    if temperature != 1:
        logits = logits / temperature
    return logits.fill_diagonal_(float("-inf"))""",
        "At tau = 1 you write into the similarities that you were given. Which of your lines makes a copy?",
        trains=True,
    ),
    *(
        Mistake(
            f"mean_of_means_of_{n}",
            "nt_xent_loss",
            f"""def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    target = positive_index(len(z1), z1.device)
    parts = [F.cross_entropy(l, t) for l, t in zip(logits.split({n}), target.split({n}))]
    return torch.stack(parts).mean()""",
            f"You average over parts of {n} anchors, and then over the parts. What weight does an anchor in a short last part get?",
            trains=True,
        )
        for n in (4, 8, 16)
    ),
    Mistake(
        "positive_in_half_precision",
        "nt_xent_loss",
        """def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    lengths = z1.norm(dim=1) * z2.norm(dim=1)
    positive = (z1 * z2).sum(1) / lengths.clamp(min=1e-8) / temperature
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    return (logits.logsumexp(1) - positive.repeat(2)).mean()""",
        "You compute the positives in the type of the projections. What is the square of 300 in float16?",
        trains=True,
    ),
    Mistake(
        "loss_stays_in_half",
        "nt_xent_loss",
        """def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    z = F.normalize(torch.cat([z1, z2]), dim=1)
    target = positive_index(len(z1), z1.device)
    return F.cross_entropy(candidate_logits(z @ z.T, temperature), target)""",
        "Your loss normalises and compares in half precision if the projections are in half precision. What is the square of 300 in float16?",
        trains=True,
    ),
    Mistake(
        "cosine_from_distance",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat((z1, z2), 0)
    z = z if z.dtype == torch.float64 else z.to(torch.float32)
    squares = (z * z).sum(1)
    distance2 = squares[:, None] + squares[None, :] - 2 * z.mm(z.t())
    return 1 - distance2 / 2  # |u - v|^2 = 2 - 2 cos
""",
        "You compute 1 - |u - v|² / 2, which is the cosine of unit vectors only. What do you do about the lengths?",
        trains=True,
    ),
    Mistake(
        "divided_and_filled_in_place",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    similarity.div_(temperature)
    similarity.fill_diagonal_(float("-inf"))
    return similarity
""",
        "You divide and fill the similarities that you were given, in place. Who else may still need them, and what does autograd say about it?",
    ),
    Mistake(
        "loss_switches_gradients_on",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    torch.set_grad_enabled(False)  # an index needs no gradient
    target = positive_index(len(z1), z1.device)
    torch.set_grad_enabled(True)
    similarity = similarity_matrix(z1, z2)
    return F.cross_entropy(candidate_logits(similarity, temperature), target)
""",
        "Afterwards you switch gradients on, although the caller may have switched them off. Which `with` restores the previous setting?",
        trains=True,
    ),
    Mistake(
        "nan_becomes_zero",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    similarity = similarity_matrix(z1, z2)
    target = positive_index(len(z1), z1.device)
    loss = F.cross_entropy(candidate_logits(similarity, temperature), target)
    return torch.nan_to_num(loss)
""",
        "You turn a loss that is NaN into 0, the best possible loss. Who would notice that the network is broken?",
        trains=True,
    ),
    Mistake(
        "index_kept_by_size",
        "positive_index",
        """
def positive_index(B: int, device=None, made={}) -> Tensor:
    if B not in made:
        made[B] = torch.arange(2 * B, device=device).roll(B)
    return made[B]
""",
        "You return the tensor from the first call with this B again. What if the next caller asks for a different device, or changes the tensor?",
        trains=True,
        ties=("index_kept_by_size_and_device",),
    ),
    Mistake(
        "one_maximum_of_the_matrix",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    logits = logits - logits.max().detach()
    mate = positive_index(B, z1.device).unsqueeze(1)
    numerator = logits.gather(1, mate).squeeze(1)
    denominator = logits.exp().sum(dim=1).log()
    return (denominator - numerator).mean()
""",
        "You subtract the largest logit of the whole matrix, so at a low temperature all exponentials of a view far from the others are 0. Whose largest logit may you subtract?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "candidates_of_the_other_view_detached",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = z1.shape[0]
    mate = positive_index(B, z1.device)
    top = candidate_logits(similarity_matrix(z1, z2.detach()), temperature)[:B]
    bottom = candidate_logits(similarity_matrix(z1.detach(), z2), temperature)[B:]
    halves = F.cross_entropy(top, mate[:B]), F.cross_entropy(bottom, mate[B:])
    return sum(halves) / 2
""",
        "In each half of the anchors you detach the other view, so a view gets no gradient as a candidate. Should z2 get a gradient from the loss of z1's views?",
        trains=True,
    ),
    Mistake(
        "index_kept_by_size_and_device",
        "positive_index",
        """
def positive_index(B: int, device=None, made={}) -> Tensor:
    device = torch.device(torch.get_default_device() if device is None else device)
    if (B, device) not in made:
        made[B, device] = torch.arange(2 * B, device=device).roll(B)
    return made[B, device]
""",
        "You return the same tensor for the same B and device. What will the next caller find if this one changes it?",
        trains=True,
    ),
    Mistake(
        "least_length_of_a_ten_thousandth",
        "similarity_matrix",
        (NORMALIZE, "z = F.normalize(z, dim=1, eps=1e-4)"),
        "You do not bring rows with a norm below 0.0001 to unit norm. Which lengths does a cosine depend on?",
        trains=True,
    ),
    Mistake(
        "a_matching_of_all_views",
        "nt_xent_loss",
        """def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    views = 2 * len(z1)
    log_p = candidate_logits(similarity_matrix(z1, z2), temperature)

    # Partners find *each other*: if A is the partner of a, then a is the partner of A, and no
    # view can be the partner of two. So the shares form one table in which every row sums to 1
    # (each view has one partner) and every column sums to 1 (each view is one view's partner).
    # Scale rows and columns in turn until both hold (Sinkhorn), in logarithms for low temperatures.
    def scaled(table, dim):
        return table - table.logsumexp(dim, keepdim=True)

    for _ in range(20):
        log_p = scaled(log_p, dim=0)
        log_p = scaled(log_p, dim=1)

    itself = torch.arange(views, device=log_p.device)
    partner = positive_index(len(z1), log_p.device)
    return -log_p[itself, partner].mean()
""",
        "You rescale the rows and columns of the probabilities in turn, as if to match all views one to one. Over what does the sum in the denominator run?",
        trains=True,
    ),
    Mistake(
        "millionth_in_the_squared_norm",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat((z1, z2))
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    squares = (z * z).sum(dim=1, keepdim=True)
    z = z * torch.rsqrt(squares + 1e-6)  # safe for a row of zeros
    return torch.mm(z, z.t())
""",
        "You add 1e-6 to the squared norm. What is the cosine of a vector of length 0.001 with itself then?",
        trains=True,
    ),
    Mistake(
        "largest_of_the_negatives",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    target = positive_index(len(z1), z1.device)
    own = logits.gather(1, target[:, None])
    others = logits.scatter(1, target[:, None], float("-inf"))
    largest = others.amax(1, keepdim=True).detach()
    total = (own - largest).exp() + (others - largest).exp().sum(1, keepdim=True)
    return (largest + total.log() - own).mean()
""",
        "At a low temperature, the exponential of a pair that is much closer than all negatives overflows. Which logits may hold the largest, which you subtract?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "rows_of_zeros",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat((z1, z2))
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    gram = torch.einsum("ik,jk->ij", z, z)
    length = z.norm(dim=1)
    return gram / torch.outer(length, length)
""",
        "You divide a row of zeros by 0, which gives NaN. What is its similarity, by the docstring?",
        trains=True,
    ),
    Mistake(
        "check_left_out",
        "nt_xent_loss",
        ("    check(z1, z2, temperature)\n", ""),
        "You left out the call of `check`, so a temperature of 0 or a single image is let in. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "log_of_every_probability",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    target = positive_index(len(z1), z1.device)
    e = logits.exp()
    p = e / e.sum(dim=1, keepdim=True)
    return F.nll_loss(p.log(), target)
""",
        "You take the log of every probability, also of those that are 0, and its gradient is infinite there. Whose probability does the loss need?",
        overflows=True,
    ),
    Mistake(
        "root_of_zero",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    length = z.pow(2).sum(1, keepdim=True).sqrt().clamp(min=1e-8)
    z = z / length
    return z @ z.T
""",
        "You take the root of a sum of squares, and if the sum is 0 its gradient is infinite, so a row of zeros makes NaN of the gradient. Which function of torch takes a length without that?",
        trains=True,
    ),
]
